/** The search that the fault run relies on: it sees what is planted, however it is written. */
import { expect, it } from 'vitest';
import { phoneOf, SECRET_WORD, searchFor, WORD } from '../../faults/planted.ts';

const TOKEN = 'q9-Zt_4RmX0aVb7c';
const search = searchFor(new Map([[TOKEN, 'a link']]));
const base64 = (text: string) => Buffer.from(text).toString('base64');
const hex = (text: string) => Buffer.from(text).toString('hex');

it.each([
  ['an address', `person.7@${WORD}.example`],
  ['an address in capitals', `PERSON.7@${WORD.toUpperCase()}.EXAMPLE`],
  ['an address in a URL', encodeURIComponent(`person.7@${WORD}.example`)],
  ['base64, beginning at the first sign of a group', base64(`${WORD}.example`)],
  ['base64, beginning at the second', base64(`@${WORD}.example`)],
  ['base64, beginning at the third', base64(`7@${WORD}.example`)],
  ['hex', hex(`person.7@${WORD}`)],
  ['an own password', `vier ${SECRET_WORD}s 88`],
  ['a number with its country', `to=${phoneOf(12)}&`],
  ['a number in a URL', `to=%2B${phoneOf(12).slice(1)}`],
  ['a number as people write it', `0${phoneOf(12).slice(3)}`],
  ['a link', `/i/${TOKEN}?x`],
  ['a link in base64', `"${base64(TOKEN).replace(/=+$/, '')}"`],
  ['a link in hex', hex(TOKEN)],
])('sees %s', (_, text) => {
  expect(search.foundIn(`{"level":30,"said":"${text}"}`)).toHaveLength(1);
});

it('takes nothing else for it', () => {
  const harmless = '{"time":1795602637177,"nanos":657300019,"id":"01a2123c-a276-7774-bdd6-23a00a56b79b"}';
  expect(search.foundIn(harmless)).toEqual([]);
});
