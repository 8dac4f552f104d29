/** Counters of attempts: exact under simultaneous requests, and over when their window ends. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { counterLimits } from '../web/middleware/limits.ts';
import { type Attempts, createAttempts, deleteOldAttempts } from './attempts.ts';

const ATTEMPTS = 5;

let testEnv: TestEnvironment;
let attempts: Attempts;
let subject: string;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false, env: { LIMIT_TOKEN_TRIES: String(ATTEMPTS) } });
  attempts = createAttempts(testEnv.db, counterLimits(testEnv.config), () => {});
});
afterAll(() => testEnv.close());

const many = (count: number) => {
  subject = randomUUID();
  return Promise.all(Array.from({ length: count }, () => attempts.count('token', subject)));
};
const endWindow = () =>
  testEnv.db
    .sql('attempt')
    .where({ key: `token:${subject}` })
    .update({ expire: '1' });

it('fifty at once are counted one by one', async () => {
  const counted = await many(50);
  expect(counted.filter(({ allowed }) => allowed)).toHaveLength(ATTEMPTS);
  const refused = counted.find((one) => !one.allowed);
  expect(refused).toEqual({ allowed: false, waitS: 15 * 60, isFirst: expect.any(Boolean) });
  expect(counted.filter((one) => !one.allowed && one.isFirst)).toHaveLength(1);
});

it('one that is taken back leaves room for one more', async () => {
  await many(ATTEMPTS);
  await attempts.takeBack('token', subject);
  expect(await attempts.count('token', subject)).toEqual({ allowed: true, attempts: ATTEMPTS });
  expect((await attempts.count('token', subject)).allowed).toBe(false);
});

it('taking back what was never counted gives nothing', async () => {
  await many(0);
  await attempts.takeBack('token', subject);
  expect(await attempts.count('token', subject)).toEqual({ allowed: true, attempts: 1 });
});

it('a window that is over starts again, and is deleted by and by', async () => {
  await many(ATTEMPTS + 1);
  await endWindow();
  expect(await attempts.count('token', subject)).toEqual({ allowed: true, attempts: 1 });
  await endWindow();
  await attempts.remember('known-network', subject);
  await deleteOldAttempts(testEnv.db);
  const left = await testEnv.db.sql('attempt').where('key', 'like', `%${subject}`).pluck('key');
  expect(left).toEqual([`known-network:${subject}`]);
  expect(await attempts.remembers('known-network', subject)).toBe(true);
});
