/** Where a message may go: to a single plain mailbox, and nothing that a mail library would read as more. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TableName } from '../../db/tables.ts';
import { expectProblem, MESSAGE, send } from '../../test/kit/api.ts';
import { someAddress } from '../../test/kit/message.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

const post = (body: unknown) => send(testEnv, body);
const count = async (table: TableName) => (await testEnv.db.sql(table)).length;

describe('an address that would re-route a mail, or is none, is refused and leaves nothing', () => {
  it.each([
    'x@y.nl\r\nBcc: evil@e.nl',
    'x@y.nl\nBcc: evil@e.nl',
    'x@y.nl\r\n\r\nbody',
    'x@y.nl, evil@e.nl',
    'x@y.nl;evil@e.nl',
    'x@y.nl evil@e.nl',
    'g: evil@e.nl;',
    'group:x@y.nl,evil@e.nl;',
    'Anna <x@y.nl>',
    '<x@y.nl>',
    '"x@evil.nl"@y.nl',
    '"a b"@y.nl',
    'x@y.nl(comment)',
    'x(comment)@y.nl',
    '@relay.nl:x@y.nl',
    'x%evil.nl@y.nl,',
    'x@@y.nl',
    'x@y@z.nl',
    'x@[127.0.0.1]',
    'x@127.0.0.1',
    'x@localhost',
    'x@-y.nl',
    'x@y-.nl',
    'x@y..nl',
    'x@.y.nl',
    '.x@y.nl',
    'x.@y.nl',
    'x..z@y.nl',
    'x@y.nl\u0000',
    'x\u0000@y.nl',
    'x@y.nl\u2028evil@e.nl',
    'x\u202e@y.nl',
    'х@y.nl',
    'x@y.nl\\',
    'mailto:x@y.nl',
    '',
    '   ',
    'x'.repeat(65) + '@y.nl',
    `x@${'y'.repeat(64)}.nl`,
    `x@${'y.'.repeat(130)}nl`,
    'x'.repeat(10_000),
  ])('%j', async (email) => {
    const before = [await count('person'), await count('message'), await count('outbox')];
    const reply = await post({ ...MESSAGE, to: { email } });
    expectProblem(reply, 422);
    expect(reply.body.errors![0]!.at).toBe('to.email');
    const sender = await post({ ...MESSAGE, to: { email: someAddress() }, from: { name: 'X', email } });
    expectProblem(sender, 422);
    expect([await count('person'), await count('message'), await count('outbox')]).toEqual(before);
  });

  it.each([
    "o'neill@example.com",
    'anna+work@example.com',
    'a@b.co',
    'x_y.z-1@sub.example-domain.museum',
    'ANNA@EXAMPLE.COM',
    ' anna@example.com ',
  ])('while an ordinary one is accepted: "%s"', async (email) => {
    expect((await post({ ...MESSAGE, to: { email } })).status).toBe(202);
  });
});

describe('names and subjects with line breaks or control signs, which end up in the head of a mail, are refused', () => {
  it.each(['a\r\nBcc: evil@e.nl', 'a\nb', 'a\u0000b', 'a\u007fb', 'a\u0085b'])('%j', async (text) => {
    for (const wrong of [{ from: { name: text } }, { subject: text }, { reference: text }])
      expectProblem(await post({ ...MESSAGE, to: { email: someAddress() }, ...wrong }), 422);
  });
});
