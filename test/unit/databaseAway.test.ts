/** What an operator reads of an activity that failed because the database is away. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tellDatabaseAway } from '../../activities/databaseAway.ts';
import { connect, type Db, disconnect } from '../../db/connect.ts';

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
  await expect(failing).rejects.toThrow(/^the database does not answer: look at PostgreSQL, .*DATABASE_URL/);
});

it('leaves every other failure as it is', async () => {
  await expect(run(() => Promise.reject(new Error('something else')))).rejects.toThrow('something else');
  expect(await run(() => Promise.resolve('done'))).toBe('done');
});
