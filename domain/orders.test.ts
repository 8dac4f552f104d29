/** What operators type: accepted when it leaves no room for personal data, otherwise refused with a hint. */
import { expect, it } from 'vitest';
import { inWords, readOrder } from './orders.ts';

const ORDER = { by: 'j.de.vries', reason: 'person-called' };

it.each([
  ['a name and a reason', ORDER, 'by j.de.vries (person-called)'],
  ['a ticket', { ...ORDER, ticket: 'INC-1234' }, 'by j.de.vries (person-called, INC-1234)'],
  ['a bare number', { ...ORDER, ticket: '77' }, 'by j.de.vries (person-called, 77)'],
])('takes %s', (_what, typed, words) => {
  const given = readOrder(typed);
  expect('refused' in given ? given.refused : inWords(given)).toBe(words);
});

it('takes days where they are asked for, and only there', () => {
  expect(readOrder({ ...ORDER, days: -3 }, ['days'])).toMatchObject({ days: -3 });
  expect(readOrder({ ...ORDER, days: 3 })).toEqual({
    refused: 'there is no field "days"; there are by, reason, ticket',
  });
});

it.each<[unknown, string]>([
  [undefined, 'give "by"'],
  [null, 'give "by"'],
  ['by me', 'give "by"'],
  [[ORDER], 'give "by"'],
  [{ ...ORDER, by: '' }, 'give "by"'],
  [{ ...ORDER, by: 'Anna Jansen' }, 'give "by"'],
  [{ ...ORDER, by: 'x'.repeat(41) }, 'give "by"'],
  [{ ...ORDER, by: { toString: 'x' } }, 'give "by"'],
  [{ by: 'me' }, 'give "reason", one of person-called, '],
  [{ ...ORDER, reason: 'Anna called' }, 'give "reason"'],
  [{ ...ORDER, ticket: 'the one of Anna' }, 'give "ticket"'],
  [{ ...ORDER, ticket: null }, 'give "ticket"'],
  [{ ...ORDER, raison: 'x' }, 'there is no field "raison"'],
  [
    { ...ORDER, 'anna@x.nl, 06 12345678 and so on, for long': 1 },
    'there is no field "anna?x.nl??06?12345678?and?so?"',
  ],
  [JSON.parse('{"__proto__": {"by": "x"}}'), 'there is no field "__proto__"'],
])('refuses %j', (typed, words) => {
  const given = readOrder(typed, ['days']);
  expect('refused' in given && given.refused).toContain(words);
});
