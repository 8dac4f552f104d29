/** Mobile numbers as people write them, and what is not one. */
import { describe, expect, it } from 'vitest';
import { masked, mobileNumber, readable } from './phone.ts';

const DUTCH_FIRST = ['NL', 'BE', 'DE', 'FR', 'LU', 'GB'];
const ANNA = '+31612345678';

describe('a mobile number', () => {
  it.each([
    '0612345678',
    '06 12345678',
    '06-12345678',
    '06 - 1234 5678',
    '06.12.34.56.78',
    ' 06 12 34 56 78 ',
    '+31612345678',
    '+31 6 12345678',
    '+31 (0)6 12345678',
    '+31(0)612345678',
    '0031612345678',
    '00 31 6 1234 5678',
    '(06) 12345678',
    '06\u00a012345678',
    '06\uFE0F\u202F12\u200934 56 78',
    '０６ １２３４ ５６７８',
    '\u200E06–1234–5678',
    '+31\u200B 6 12345678',
  ])('is understood as people write it: "%s"', (typed) => {
    expect(mobileNumber(typed, DUTCH_FIRST)).toEqual({ phone: ANNA });
  });

  it.each([
    ['Belgium', '+32 470 12 34 56', '+32470123456'],
    ['Germany', '0049 1512 3456789', '+4915123456789'],
    ['France', '+33 6 12 34 56 78', '+33612345678'],
    ['the United Kingdom', '+44 7400 123456', '+447400123456'],
  ])('of %s is accepted when its country is allowed', (_country, typed, phone) => {
    expect(mobileNumber(typed, DUTCH_FIRST)).toEqual({ phone });
    expect(mobileNumber(typed, ['NL'])).toEqual({ refused: 'other-country' });
  });

  it('without a country is one of the first country that is allowed', () => {
    expect(mobileNumber('0470 12 34 56', ['BE', 'NL'])).toEqual({ phone: '+32470123456' });
  });

  it.each([
    ['0470 12 34 56', '+32470123456'],
    ['0176 12345678', '+4917612345678'],
    ['07400 123456', '+447400123456'],
  ])('without a country is of the only one that fits: %s', (typed, phone) => {
    expect(mobileNumber(typed, ['NL', 'BE', 'DE', 'GB'])).toEqual({ phone });
  });

  it('that fits several countries beside the first needs its country', () => {
    const refused = { refused: 'which-country' };
    expect(mobileNumber('0612345678', ['BE', 'NL', 'FR'])).toEqual(refused);
  });

  it('of a country that is not allowed gets no SMS', () => {
    for (const typed of ['+1 201 555 0123', '+34 612 34 56 78', '+7 912 345-67-89', '+597 712 3456'])
      expect(mobileNumber(typed, DUTCH_FIRST)).toEqual({ refused: 'other-country' });
  });
});

describe('refused in a word that says why', () => {
  it.each([
    ['a landline', '020 624 1111', 'not-mobile'],
    ['a landline with its country', '+31 20 624 1111', 'not-mobile'],
    ['a Belgian landline', '+32 2 555 12 12', 'not-mobile'],
    ['a paid number', '0900 8844', 'not-mobile'],
    ['a free number', '0800 0432', 'not-mobile'],
    ['a number of a machine', '097 0123 45678', 'not-mobile'],
    ['a number of a machine, with its country', '+31 97 012345678', 'not-mobile'],
    ['an internet number', '085 123 4567', 'not-mobile'],
    ['an emergency number', '112', 'too-short'],
    ['a digit too few', '06 1234567', 'no-number'],
    ['a digit too many', '06 123456789', 'no-number'],
    ['letters', 'geen mobiel', 'no-number'],
    ['letters instead of digits', '06 twaalf', 'no-number'],
    ['an emoji', '📱', 'no-number'],
    ['markup', '<script>alert(1)</script>', 'no-number'],
    ['only a plus', '+', 'no-number'],
    ['nothing', '', 'missing'],
    ['only spaces', '   ', 'missing'],
  ])('%s: "%s"', (_what, typed, refused) => {
    expect(mobileNumber(typed, DUTCH_FIRST)).toEqual({ refused });
  });

  it('a hundred or 10,000 characters, at once', () => {
    for (const typed of [
      '6'.repeat(10_000),
      '+'.repeat(10_000),
      `06${' '.repeat(100)}12345678`,
      `06${' '.repeat(10_000)}12345678`,
    ])
      expect(mobileNumber(typed, DUTCH_FIRST)).toEqual({ refused: 'no-number' });
  });

  it('two numbers in one field: nobody knows which one was meant', () => {
    expect(mobileNumber('0612345678, 0687654321', DUTCH_FIRST)).toEqual({ refused: 'no-number' });
  });
});

it('a number is shown in groups while it is typed in, and by its last two digits at sign-in', () => {
  expect(readable(ANNA)).toBe('+31 6 12345678');
  expect(masked(ANNA)).toBe('78');
  expect(masked(ANNA)).not.toContain('56');
});
