import { describe, expect, it } from 'vitest';
import { sixDigits } from './smsRules.ts';

describe('a code of six digits', () => {
  it.each([
    '408324',
    ' 408 324 ',
    '408\u2013324',
    '408\u200B324',
    '\u200E408324',
    '٤٠٨٣٢٤',
    '４０８３２４',
    'Uw code is 408324. Deel hem met niemand.\n\n@instap.example #408324',
    'Instap: your code 408324 (valid for 10 minutes)',
  ])('is read in %j', (typed) => {
    expect(sixDigits(typed)).toEqual({ digits: '408324' });
  });

  it.each(['12345', '1234567', '123456 7', '123456 654321', 'code 123456 of 654321', 'code 1234567', 'abc'])(
    'is not in %j',
    (typed) => {
      expect(sixDigits(typed)).toEqual({ refused: 'not-six' });
    },
  );

  it.each(['', '  ', '\u200B'])('is missing in %j', (typed) => {
    expect(sixDigits(typed)).toEqual({ refused: 'missing' });
  });
});
