import { describe, expect, it } from 'vitest';
import { AddressOnly } from '../web/api/schemas.ts';
import { normalEmail } from './people.ts';

describe('one mailbox', () => {
  it.each([
    'info@xn--bcher-kva.example',
    'info@bücher.example',
    'Info@BÜCHER.example.',
    `info@${'bücher'.normalize('NFD')}.example`,
    '\u200E info@bücher\u3002example',
  ])('is found as %j', (typed) => {
    expect(normalEmail(typed)).toBe('info@xn--bcher-kva.example');
  });

  it.each(['a.b+c@example.com', 'a@127.1', 'straße@example.com', 'nobody'])('%s stays as it is', (typed) => {
    expect(normalEmail(typed)).toBe(typed);
  });

  it('may be given to the API with its host in Unicode', () => {
    expect(AddressOnly.parse({ email: 'info@bücher.example' })).toEqual({
      email: 'info@xn--bcher-kva.example',
    });
    expect(AddressOnly.safeParse({ email: 'bü@example.com' }).success).toBe(false);
  });
});
