/** Everything in the outbox is delivered, whatever fails, dies or runs at the same time. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { atOnce } from '../test/kit/message.ts';
import { someSnapshot } from '../test/kit/snapshot.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { connect, type Db, disconnect, transaction } from './connect.ts';
import { dispatchOutbox, type OutboxRow, putInOutbox } from './outbox.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());
beforeEach(() => testEnv.db.sql('outbox').delete());

async function put(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID());
  await transaction(testEnv.db, async (tx) => {
    for (const subjectId of ids)
      await putInOutbox(tx, {
        workflow: 'onboarding',
        subjectId,
        signal: 'messageSent',
        payload: someSnapshot(),
      });
  });
  return ids;
}

const left = () => testEnv.db.sql('outbox').orderBy('id');
const allDue = () =>
  testEnv.db.sql('outbox').update({ nextTryAt: testEnv.db.sql.raw(`now() - interval '1 second'`) });
const away = async () => {
  throw new Error('the engine is away');
};

/** Dispatches until nothing is due, and records what was sent. */
async function dispatchEverything(dispatched: string[]): Promise<void> {
  const send = async ({ subjectId }: OutboxRow) => void dispatched.push(subjectId);
  while ((await dispatchOutbox(testEnv.db, send)).sent > 0);
}

describe('the owner of the connection', () => {
  let db: Db;
  let taken: OutboxRow[][];
  beforeEach(() => {
    taken = [];
    const { DATABASE_URL: url, SECRET_KEYS: secretKeys } = testEnv.config;
    db = connect({ url, secretKeys, onOutboxWritten: (rows) => taken.push(rows) });
    return () => disconnect(db);
  });
  const putOne = (tx: Db) => putInOutbox(tx, { workflow: 'passwordReset', subjectId: randomUUID() });

  it('is told of the rows of a transaction once, when they are there for everybody', async () => {
    await transaction(db, async (tx) => {
      await putOne(tx);
      await putOne(tx);
      expect(taken).toEqual([]);
    });
    const ids = (await left()).map(({ id }) => id);
    expect(taken.map((rows) => rows.map(({ id }) => id))).toEqual([ids]);
    expect(ids).toHaveLength(2);
  });

  it('is told of a row that is written without a transaction', async () => {
    await putOne(db);
    expect(taken).toMatchObject([[{ workflow: 'passwordReset' }]]);
  });

  it('has three seconds for a row before anybody else takes it', async () => {
    await putOne(db);
    expect(await dispatchOutbox(testEnv.db, away)).toEqual({ sent: 0, failure: undefined });
    await testEnv.db
      .sql('outbox')
      .update({ nextTryAt: testEnv.db.sql.raw(`next_try_at - interval '3 seconds'`) });
    expect(await dispatchOutbox(testEnv.db, async () => undefined)).toMatchObject({ sent: 1 });
  });

  it('hears nothing of a transaction that was rolled back, or that told the engine nothing', async () => {
    const failing = transaction(db, async (tx) => {
      await putOne(tx);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await transaction(db, (tx) => putInOutbox(tx));
    expect(taken).toEqual([]);
  });
});

describe('a row', () => {
  it('is told with what was written, and is gone then', async () => {
    const [subjectId] = await put(1);
    const dispatched: OutboxRow[] = [];
    await dispatchOutbox(testEnv.db, async (row) => void dispatched.push(row));
    expect(dispatched).toMatchObject([
      { subjectId, signal: 'messageSent', payload: { version: 1 }, tries: 0 },
    ]);
    expect(await left()).toEqual([]);
  });

  it('of a transaction that was rolled back is never told', async () => {
    const failing = transaction(testEnv.db, async (tx) => {
      await putInOutbox(tx, { workflow: 'passwordReset', subjectId: randomUUID() });
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(await left()).toEqual([]);
  });

  it('that the engine refuses for long holds up no other one', async () => {
    const refused = await put(50);
    const send = async ({ subjectId }: OutboxRow) => {
      if (refused.includes(subjectId)) throw new Error('refused');
      dispatched.push(subjectId);
    };
    const dispatched: string[] = [];
    for (let i = 0; i < 3; i++) await dispatchOutbox(testEnv.db, send);
    const [fresh] = await put(1);
    await allDue();
    await dispatchOutbox(testEnv.db, send);
    expect(dispatched).toEqual([fresh]);
    expect(await left()).toHaveLength(50);
  });

  it('that cannot be told stays, is counted, and waits longer each time, at most 5 seconds', async () => {
    await put(1);
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      expect(await dispatchOutbox(testEnv.db, away)).toMatchObject({ sent: 0, failure: expect.any(Error) });
      const { rows } = await testEnv.db.sql.raw<{ wait: number }>(
        'select round(extract(epoch from next_try_at - now()))::int as wait from outbox',
      );
      waits.push(rows[0]!.wait);
      await allDue();
    }
    expect(waits).toEqual([1, 2, 4, 5, 5]);
    expect((await left())[0]?.tries).toBe(5);
    const dispatched: string[] = [];
    await dispatchEverything(dispatched);
    expect(dispatched).toHaveLength(1);
  });

  it('that waits is left alone until then', async () => {
    await put(1);
    await dispatchOutbox(testEnv.db, away);
    expect(await dispatchOutbox(testEnv.db, away)).toEqual({ sent: 0, failure: undefined });
    expect((await left())[0]?.tries).toBe(1);
  });

  it('of what a person did goes before lost runs that are started again, however many those are', async () => {
    const lost = Array.from({ length: 60 }, () => ({
      workflow: 'onboarding' as const,
      subjectId: randomUUID(),
      signal: 'reconciled' as const,
      payload: someSnapshot(),
    }));
    await transaction(testEnv.db, (tx) => putInOutbox(tx, ...lost));
    const [person] = await put(1);
    const dispatched: string[] = [];
    await dispatchOutbox(testEnv.db, async ({ subjectId }) => void dispatched.push(subjectId));
    expect(dispatched).toContain(person);
    await dispatchEverything(dispatched);
    expect(dispatched).toHaveLength(61);
  });

  it('of what people did goes before messages and notices, however many those are', async () => {
    const messages = Array.from({ length: 40 }, () => ({
      workflow: 'onboarding' as const,
      subjectId: randomUUID(),
      signal: 'messageSent' as const,
      payload: someSnapshot(),
    }));
    const notices = messages.map(() => ({ workflow: 'messageNotice' as const, subjectId: randomUUID() }));
    const awaited = [
      { workflow: 'passwordReset' as const, subjectId: randomUUID() },
      { workflow: 'signInCode' as const, subjectId: randomUUID() },
      { ...messages[0]!, signal: 'profileSaved' as const },
    ];
    await transaction(testEnv.db, (tx) => putInOutbox(tx, ...messages, ...notices, ...awaited));
    const dispatched: string[] = [];
    await dispatchOutbox(
      testEnv.db,
      async ({ workflow, subjectId }) => void dispatched.push(`${workflow} ${subjectId}`),
    );
    const wanted = awaited.map(({ workflow, subjectId }) => `${workflow} ${subjectId}`);
    expect(dispatched).toEqual(expect.arrayContaining(wanted));
    await dispatchEverything(dispatched);
    expect(dispatched).toHaveLength(83);
  });

  it('that fails holds up no other', async () => {
    const [bad, ...good] = await put(10);
    const dispatched: string[] = [];
    const { sent } = await dispatchOutbox(testEnv.db, async ({ subjectId }) => {
      if (subjectId === bad) throw new Error('this one not');
      dispatched.push(subjectId);
    });
    expect(sent).toBe(9);
    expect(dispatched.sort()).toEqual(good.sort());
    expect((await left()).map(({ subjectId }) => subjectId)).toEqual([bad]);
  });

  it('stays when the process dies between telling and deleting: told twice rather than never', async () => {
    await put(1);
    const dying = transaction(testEnv.db, async (tx) => {
      await dispatchOutbox(tx, async () => undefined);
      throw new Error('killed');
    });
    await expect(dying).rejects.toThrow('killed');
    expect(await left()).toHaveLength(1);
  });
});

describe('several processes side by side', () => {
  it('tell each of 300 rows once, and none is lost', async () => {
    const ids = await put(300);
    const dispatched: string[] = [];
    await atOnce(6, () => dispatchEverything(dispatched));
    expect(dispatched.sort()).toEqual(ids.sort());
    expect(await left()).toEqual([]);
  });

  it('lose none when one of two tells fails now and then', async () => {
    const ids = await put(120);
    const dispatched: string[] = [];
    let calls = 0;
    const flaky = async ({ subjectId }: OutboxRow) => {
      if (++calls % 2) throw new Error('now and then');
      dispatched.push(subjectId);
    };
    for (let round = 0; round < 20 && (await left()).length > 0; round++) {
      await atOnce(4, () => dispatchOutbox(testEnv.db, flaky));
      await allDue();
    }
    expect(dispatched.sort()).toEqual(ids.sort());
  });

  it('do not wait for a row that another is telling', async () => {
    const [held] = await put(1);
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const slow = dispatchOutbox(testEnv.db, async () => {
      begin();
      await released;
    });
    await begun;
    const [fresh] = await put(1);
    const dispatched: string[] = [];
    await dispatchEverything(dispatched);
    expect(dispatched).toEqual([fresh]);
    release();
    expect(await slow).toMatchObject({ sent: 1 });
    expect(held).not.toBe(fresh);
    expect(await left()).toEqual([]);
  });
});
