/** Opening a message marks it as read; requests that a browser or another site makes by itself do not. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Participant } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

const BY_HAND = {
  'sec-fetch-site': 'same-origin',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
};

/** Whether a message counts as read after a request with `headers`. */
async function readWith(headers: Record<string, string>): Promise<boolean> {
  const anna = await new Participant(testEnv).to('finished');
  await anna.openAccount();
  const { status } = await anna.ask(`/messages/${anna.sent!.id}`, { headers });
  expect(status).toBe(200);
  const row = (await testEnv.db.sql('message').where({ id: anna.sent!.id }).first('readAt'))!;
  return row.readAt !== null;
}

it.each([
  ['a click on one of our pages', BY_HAND],
  ['an address typed or a link in a mail program', { ...BY_HAND, 'sec-fetch-site': 'none' }],
  ['a click in webmail', { ...BY_HAND, 'sec-fetch-site': 'cross-site', 'sec-fetch-user': '?1' }],
  [
    'htmx on one of our pages',
    {
      'sec-fetch-site': 'same-origin',
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
      'hx-request': 'true',
    },
  ],
  ['an old browser that says nothing', {}],
])('%s is reading', async (_what, headers) => {
  expect(await readWith(headers)).toBe(true);
});

it.each([
  ['Sec-Purpose: prefetch', { ...BY_HAND, 'sec-purpose': 'prefetch' }],
  ['Sec-Purpose: prefetch;prerender', { ...BY_HAND, 'sec-purpose': 'prefetch;prerender' }],
  ['Purpose: prefetch', { purpose: 'prefetch' }],
  ['X-Purpose: preview', { 'x-purpose': 'preview' }],
  ['X-Moz: prefetch', { 'x-moz': 'prefetch' }],
  ['a page elsewhere that leads here by itself', { ...BY_HAND, 'sec-fetch-site': 'cross-site' }],
  ['a neighbour that leads here by itself', { ...BY_HAND, 'sec-fetch-site': 'same-site' }],
  [
    'a picture elsewhere',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
  ],
  ['a frame', { ...BY_HAND, 'sec-fetch-dest': 'iframe' }],
  [
    'a request by a script elsewhere',
    {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'cors',
      'sec-fetch-dest': 'empty',
      'hx-request': 'true',
    },
  ],
])('%s is not', async (_what, headers) => {
  expect(await readWith(headers)).toBe(false);
});
