/** Requests for a new password wait as rows that reveal nothing, and each is answered once, whatever dies. */
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../test/kit/eventually.ts';
import { atOnce, someAddress, somebody } from '../test/kit/message.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { connect, type Db, disconnect, transaction } from './connect.ts';
import { addPasswordRequest, answerPasswordRequests } from './passwordRequests.ts';
import { useResetLink } from './resetLinks.ts';

const LIMITS = { everyMs: 1, perDay: 3 };

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());
afterEach(() => testEnv.db.sql('password_request').delete());

const requests = () => testEnv.db.sql('password_request').orderBy('id');
const answerAll = (db: Db = testEnv.db) => answerPasswordRequests(db, LIMITS);

/** A person with a password. */
async function anna(): Promise<{ email: string; personId: string }> {
  const email = someAddress();
  const { personId } = await somebody(testEnv, { email });
  const passwordChangedAt = testEnv.db.sql.fn.now();
  await testEnv.db.sql('onboarding').where({ personId }).update({ passwordChangedAt });
  return { email, personId };
}

const linksOf = (personId: string) =>
  testEnv.db.sql('reset_link').where({ personId }).orderBy('createdAt', 'desc');
const eventsOf = (personId: string): Promise<string[]> =>
  testEnv.db
    .sql('audit')
    .where({ personId })
    .andWhere('event', 'like', 'password.%')
    .orderBy('id')
    .pluck('event');
const age = (table: 'password_request' | 'reset_link', ids: string[], interval: string) =>
  testEnv.db
    .sql(table)
    .whereIn('id', ids)
    .update({ createdAt: testEnv.db.sql.raw(`created_at - ?::interval`, [interval]) });

/** Requests a password, and has a worker answer. */
async function ask(email: string): Promise<void> {
  await addPasswordRequest(testEnv.db, email);
  expect(await answerAll()).toEqual({ failure: undefined });
}

describe('a request', () => {
  it('says nothing: neither whose it is, nor how long the address', async () => {
    const { email } = await anna();
    const asked = ['a@b.nl', email, `${'x'.repeat(300)}@example.com`, `${'é'.repeat(100)}@example.com`];
    for (const address of asked) await addPasswordRequest(testEnv.db, address);
    const rows = await requests();
    expect(new Set(rows.map(({ address }) => address.length)).size).toBe(1);
    expect(JSON.stringify(rows)).not.toContain(email);
    expect(Object.keys(rows[0]!).sort()).toEqual(['address', 'createdAt', 'id']);
  });

  it('opens in no other row', async () => {
    const { email, personId } = await anna();
    await addPasswordRequest(testEnv.db, email);
    await addPasswordRequest(testEnv.db, 'nobody@example.com');
    const [known, unknown] = await requests();
    await testEnv.db.sql('password_request').where({ id: known!.id }).delete();
    await testEnv.db.sql('password_request').where({ id: unknown!.id }).update({ address: known!.address });
    expect((await answerAll()).failure).toBeDefined();
    expect(await linksOf(personId)).toEqual([]);
  });

  it('leaves a link, its mail and the audit together, and nothing of itself', async () => {
    const { email, personId } = await anna();
    await ask(email);
    const [link] = await linksOf(personId);
    expect(await testEnv.db.sql('outbox').where({ subjectId: link!.id }).pluck('workflow')).toEqual([
      'passwordReset',
    ]);
    expect(await eventsOf(personId)).toEqual(['password.forgotten']);
    expect(await requests()).toEqual([]);
  });

  it('of nobody, or of somebody who has never chosen a password, leaves nothing at all', async () => {
    const email = someAddress();
    const { personId } = await somebody(testEnv, { email });
    for (const address of [email, 'nobody@example.com', '@', `${'x'.repeat(300)}@example.com`])
      await ask(address);
    expect(await linksOf(personId)).toEqual([]);
    expect(await eventsOf(personId)).toEqual([]);
    expect(await requests()).toEqual([]);
  });

  it('is answered once by four workers at once, and 50 all are', async () => {
    const people = await atOnce(50, anna);
    for (const { email } of people) await addPasswordRequest(testEnv.db, email);
    await atOnce(4, () => answerAll());
    await answerAll();
    for (const { personId } of people) expect(await linksOf(personId)).toHaveLength(1);
    expect(await requests()).toEqual([]);
  });

  it('stays when the worker that had it dies, and the next one answers it', async () => {
    const { email, personId } = await anna();
    await addPasswordRequest(testEnv.db, email);
    const { DATABASE_URL: url, SECRET_KEYS: secretKeys } = testEnv.config;
    const dying = connect({ url: `${url}?application_name=dying`, secretKeys, pool: 2 });
    await transaction(testEnv.db, async (tx) => {
      await tx.sql('person').where({ id: personId }).forUpdate().first('id');
      const answering = answerAll(dying);
      const kill = `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'dying' and wait_event_type = 'Lock'`;
      await eventually(async () => (await testEnv.db.sql.raw(kill)).rows[0]);
      expect((await answering).failure).toBeDefined();
    });
    await disconnect(dying);
    expect(await linksOf(personId)).toEqual([]);
    expect(await answerAll()).toEqual({ failure: undefined });
    expect(await linksOf(personId)).toHaveLength(1);
  });

  it('that is older than a link lives is dropped', async () => {
    const { email, personId } = await anna();
    await addPasswordRequest(testEnv.db, email);
    const [request] = await requests();
    await age('password_request', [request!.id], '24 hours');
    await answerAll();
    expect([await linksOf(personId), await requests()]).toEqual([[], []]);
  });

  it('sealed with a key that this worker does not know yet waits, and holds up no other', async () => {
    const { email, personId } = await anna();
    const { DATABASE_URL: url, SECRET_KEYS } = testEnv.config;
    const rotated = connect({ url, secretKeys: [{ id: 'k2', key: randomBytes(32) }, ...SECRET_KEYS] });
    await addPasswordRequest(rotated, someAddress());
    await addPasswordRequest(testEnv.db, email);
    expect((await answerAll()).failure).toBeDefined();
    expect([(await linksOf(personId)).length, (await requests()).length]).toEqual([1, 1]);
    expect(await answerAll(rotated)).toEqual({ failure: undefined });
    expect(await requests()).toEqual([]);
    await disconnect(rotated);
  });
});

describe('asked for by strangers again and again', () => {
  it('so many mails leave in a day, and the audit says that it was limited', async () => {
    const { email, personId } = await anna();
    for (let i = 0; i < 5; i++) await ask(email);
    expect(await linksOf(personId)).toHaveLength(3);
    const limited = (await eventsOf(personId)).filter((event) => event === 'password.reset_limited');
    expect(limited).toHaveLength(2);
  });

  it('a link that opens is there at every moment, for days', async () => {
    const { email, personId } = await anna();
    for (let hour = 0; hour < 60; hour++) {
      await ask(email);
      const [newest] = await linksOf(personId);
      expect(Date.now() - newest!.createdAt.getTime(), `hour ${hour}`).toBeLessThan(24 * 3_600_000);
      const ids = (await linksOf(personId)).map(({ id }) => id);
      await age('reset_link', ids, '1 hour');
    }
    // 3 in each of three days.
    expect(await linksOf(personId)).toHaveLength(9);
  });

  it('who used the newest link has all of them back', async () => {
    const { email, personId } = await anna();
    for (let i = 0; i < 4; i++) await ask(email);
    const [newest] = await linksOf(personId);
    expect(await transaction(testEnv.db, (tx) => useResetLink(tx, newest!))).toBe(true);
    await ask(email);
    expect(await linksOf(personId)).toHaveLength(4);
  });
});
