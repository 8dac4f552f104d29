/** The database answers but refuses for a while: pages say "try again", and the process is not ready. */
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { connect, disconnect } from '../db/connect.ts';
import { noticeIn } from '../test/kit/pages.ts';
import { Participant } from '../test/kit/participant.ts';
import { sendMessage } from '../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

const nameOf = ({ config }: TestEnvironment) => new URL(config.DATABASE_URL).pathname.slice(1);

/** As an administrator, from another database of the same server. */
async function administer(...statements: string[]): Promise<void> {
  const db = connect({ url: inject('databaseUrl'), secretKeys: testEnv.config.SECRET_KEYS, pool: 1 });
  try {
    for (const statement of statements) await db.sql.raw(statement);
  } finally {
    await disconnect(db);
  }
}

/** New connections get the database's current settings. */
const cutConnections = () =>
  administer(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${nameOf(testEnv)}'`);

const ready = () => new Participant(testEnv).ask('/readyz');

describe('read-only', () => {
  afterEach(async () => {
    await administer(`alter database ${nameOf(testEnv)} reset default_transaction_read_only`);
    await cutConnections();
  });

  it('is noticed by /readyz before anybody is turned away, and over when it is over', async () => {
    const anna = new Participant(testEnv);
    await anna.invited();
    const link = await anna.link();
    await administer(`alter database ${nameOf(testEnv)} set default_transaction_read_only = on`);
    await cutConnections();
    expect(await ready()).toMatchObject({ status: 503 });
    const { status, text, headers } = await anna.post(link, {});
    expect(status).toBe(503);
    expect(noticeIn(text)).toBe('broken');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await sendMessage(testEnv, { email: 'bob@example.com' })).status).toBe(503);
  });
});

/** The answer to a link's button while the database refuses new sessions with this error. */
async function refused(code: string) {
  const own = await createTestEnvironment({ worker: false });
  const anna = new Participant(own);
  await anna.invited();
  const link = await anna.link();
  await own.db.sql.raw(`
    create function refuse() returns trigger language plpgsql as
      $$ begin raise exception 'no' using errcode = '${code}'; end $$;
    create trigger refuse before insert on session for each row execute function refuse()`);
  const before = await anna.ask('/readyz');
  const answer = await anna.post(link, {});
  const after = await anna.ask('/readyz');
  const errors = own.logged.filter((line) => line.includes(code));
  await own.close();
  return { answer, ready: [before.status, after.status], errors };
}

it.each([
  ['the disk is full', '53100', { ready: [200, 503], shows: 'broken' }],
  ['too many connections', '53300', { ready: [200, 503], shows: 'broken' }],
  ['no memory', '53200', { ready: [200, 503], shows: 'broken' }],
  ['others have the row for a moment', '40P01', { ready: [200, 200], shows: 'overloaded' }],
])(
  '%s: 503 with Retry-After, and unready only when the process cannot serve anybody',
  async (_, code, right) => {
    const { answer, ready, errors } = await refused(code);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '3']);
    expect(noticeIn(answer.text)).toBe(right.shows);
    expect(ready).toEqual(right.ready);
    expect(errors.length > 0).toBe(right.ready[1] === 503);
  },
);
