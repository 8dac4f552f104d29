/** Proves that the privacy search finds every canary value, however it is encoded. */
import { expect, it } from 'vitest';
import { blindSpots, phoneOf, SECRET_WORD, searchFor, WORD } from './canaryValues.ts';
import { CODINGS, type Coding } from './codings.ts';

const CANARIES = {
  values: new Map([
    [WORD, 'a personal value'],
    [SECRET_WORD, 'an own password'],
    ['q9-Zt_4RmX0aVb7c', 'a link'],
    ['kfmp-wtrx-hjnd', 'a temporary password'],
    ['JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', "an app's key"],
    ['Zk+/8Qw1a2S3d4F5g6H7j8K9l0zXcVbNmQwErTyUiO0=', 'a key of SECRET_KEYS'],
  ]),
  numbers: [phoneOf(12), phoneOf(13)],
};
const search = searchFor(CANARIES);
const codings = Object.keys(CODINGS) as Coding[];

it.each(codings)('sees every kind of value in %s', (coding) => {
  for (const [value, what] of CANARIES.values)
    expect(search.foundIn(`{"said":"${CODINGS[coding](value)}"}`), what).toEqual([what]);
  for (const number of CANARIES.numbers)
    expect(search.foundIn(`{"said":"${CODINGS[coding](number)}"}`), number).toEqual(['a phone number']);
});

it.each([
  '+31 6 573 00 129',
  '+31 (0)6 57300129',
  '0031-6-57300129',
  '06-57300129',
  '06 5730 0129',
  '%2B31%206%2057300129',
  '+31+6+57300129',
  'to%200657300129',
  'at 0 12 31 06 57300129',
])('sees a number written as %s', (written) => {
  expect(search.foundIn(`{"to":"${written}","time":1795602637177}`)).toEqual(['a phone number']);
});

it('sees an address in capitals', () => {
  expect(search.foundIn(`PERSON.7@${WORD.toUpperCase()}.EXAMPLE`)).toEqual(['a personal value']);
});

it('takes nothing else for it', () => {
  const harmless = '{"time":1795602637177,"nanos":657300129,"id":"01a2123c-a276-7774-bdd6-23a00a56b79b"}';
  expect(search.foundIn(harmless)).toEqual([]);
});

it('says what it would not see', () => {
  expect(blindSpots(search, CANARIES)).toEqual([]);
  const blind = blindSpots({ foundIn: () => [] }, CANARIES);
  expect(blind).toHaveLength((CANARIES.values.size + 1) * codings.length);
});
