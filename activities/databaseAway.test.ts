/** What an operator reads of an activity that failed because the database is away. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, type Db, disconnect } from '../db/connect.ts';
import { tellDatabaseAway } from './databaseAway.ts';

let away: Db;
beforeAll(() => {
  away = connect({
    url: 'postgres://instap@127.0.0.1:1/instap',
    secretKeys: [{ id: 'k1', key: Buffer.alloc(32) }],
  });
});
afterAll(() => disconnect(away));

const { inbound } = tellDatabaseAway(undefined as never);
const run = (work: () => Promise<unknown>) => inbound!.execute!({ args: [], headers: {} }, work);

it('says what to look at, and not the statement', async () => {
  const failing = run(() => away.sql('person').first());
  await expect(failing).rejects.toThrow(
    /^the database does not answer: .*DATABASE_URL.* \(tried again by itself\)$/,
  );
});

it.each([
  ['25006', /takes no changes/],
  ['53100', /disk of the database is full/],
  ['53300', /no connection left/],
  ['53200', /lacks memory/],
  ['57P03', /does not answer/],
  ['08006', /does not answer/],
  ['55P03', /busy/],
  ['40001', /busy/],
  ['40P01', /busy/],
])('%s says what to mend, when it is the database', async (code, words) => {
  const failure = Object.assign(new Error('insert into person … failed'), { code });
  const failing = run(() => Promise.reject(failure));
  await expect(failing).rejects.toThrow(words);
  await expect(failing).rejects.not.toThrow('insert into');
});

it.each(['23505', '42P01', '22021', 'ENOENT', '4000'])('%s is a fault of ours', async (code) => {
  const failure = Object.assign(new Error('as it was'), { code });
  await expect(run(() => Promise.reject(failure))).rejects.toBe(failure);
});

it('leaves every other failure as it is', async () => {
  await expect(run(() => Promise.reject(new Error('something else')))).rejects.toThrow('something else');
  expect(await run(() => Promise.resolve('done'))).toBe('done');
});
