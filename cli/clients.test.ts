/** The command line for sending organisations, their keys, and the keys of the service itself. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { instap } from '../test/kit/process.ts';
import { call } from '../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';

const NAME = 'Gemeente Zee & Duin';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

const isTaken = async (key: string) =>
  (
    await call(testEnv, '/recipients/search', {
      method: 'POST',
      body: JSON.stringify({ email: 'nobody@example.com' }),
      headers: { authorization: `Bearer ${key}` },
    })
  ).status !== 401;

it('a client gets two keys and no third; a revoked key no longer works, and makes room for another', async () => {
  expect(await instap(testEnv, ['clients', 'add', NAME])).toMatchObject({ code: 0 });
  expect((await instap(testEnv, ['clients', 'list'])).out.split('\n')).toContain(NAME);
  const add = () => instap(testEnv, ['keys', 'add', NAME]);
  const [first, second] = [(await add()).out.trim(), (await add()).out.trim()];
  expect(await Promise.all([first, second].map(isTaken))).toEqual([true, true]);
  expect(await add()).toMatchObject({ code: 1, err: expect.stringContaining('revoke one first') });

  const listed = (await instap(testEnv, ['keys', 'list', NAME])).out.trim().split('\n');
  expect(listed).toHaveLength(2);
  const id = listed[0]!.split(' ')[0]!;
  expect(await instap(testEnv, ['keys', 'revoke', id])).toMatchObject({ code: 0 });
  expect(await Promise.all([first, second].map(isTaken))).toEqual([false, true]);
  expect(await instap(testEnv, ['keys', 'revoke', id])).toMatchObject({ code: 1 });
  expect(await isTaken((await add()).out.trim())).toBe(true);
});

it.each(['', ' ', 'two\nlines', 'x'.repeat(101)])(
  'a client is not called "%s": people see its name',
  async (name) => {
    const { code, err } = await instap(testEnv, ['clients', 'add', name]);
    expect([code, err]).toEqual([1, 'give a name of 1 to 100 characters on one line\n']);
  },
);

it('another key under a name that this database knows is refused at the start, before anything is taken in', async () => {
  expect(await instap(testEnv, 'clients list')).toMatchObject({ code: 0 });
  const another = randomBytes(32).toString('base64');
  const wrong = await instap(testEnv, 'clients list', { SECRET_KEYS: `k1:${another}` });
  expect(wrong).toMatchObject({ code: 78, err: expect.stringContaining('SECRET_KEYS: "k1" is not the key') });
  const [right] = testEnv.config.SECRET_KEYS;
  const rotated = `k2:${another},k1:${right!.key.toString('base64')}`;
  expect(await instap(testEnv, 'clients list', { SECRET_KEYS: rotated })).toMatchObject({ code: 0 });
});
