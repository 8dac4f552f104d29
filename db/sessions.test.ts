/** Sessions: a new id at each proof, the old one only good for a redirect within ten seconds, and both time-outs. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { somebody } from '../test/kit/message.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import {
  createSession,
  deleteEndedSessions,
  deleteSession,
  endOtherSessions,
  findSession,
  type Session,
  stepUp,
} from './sessions.ts';

let testEnv: TestEnvironment;
let personId: string;
let token: string;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());
beforeEach(async () => {
  ({ personId } = await somebody(testEnv));
  token = (await createSession(testEnv.db, { personId, clientId: testEnv.clientId, proofs: ['link'] })).token;
});

const find = async (of = token) => {
  const { SESSION_IDLE: idleMs, SESSION_ABSOLUTE: absoluteMs } = testEnv.config;
  return (await findSession(testEnv.db, { token: of, idleMs, absoluteMs }))?.found;
};
const found = async (of = token): Promise<Session> => (await find(of))!.session;

/** Moves this person's sessions back in time. */
const later = (interval: string) =>
  testEnv.db.sql.raw(
    `update session set seen_at = seen_at - ?::interval, created_at = created_at - ?::interval,
       previous_until = previous_until - ?::interval where person_id = ?`,
    [interval, interval, interval, personId],
  );

describe('a session', () => {
  it('remembers its person, its organisation and what it has proven', async () => {
    expect(await find()).toMatchObject({
      replaced: false,
      session: {
        personId,
        clientId: testEnv.clientId,
        linkAt: expect.any(Date),
        passwordAt: null,
        factorAt: null,
      },
    });
  });

  it('is kept as a hash only', async () => {
    expect(JSON.stringify(await testEnv.db.sql('session').select())).not.toContain(token);
  });

  it.each(['', 'x', 'null', "' or true --", 'a'.repeat(10_000)])('is not found by "%.20s"', async (guess) => {
    expect(await find(guess)).toBeUndefined();
  });

  it('cannot be found by what stands in the database', async () => {
    const { tokenHash, id } = (await testEnv.db.sql('session').where({ personId }).first())!;
    expect(await find(tokenHash)).toBeUndefined();
    expect(await find(id)).toBeUndefined();
  });
});

describe('with a proof', () => {
  it('it gets a new id, and the old one counts for a redirect only', async () => {
    const next = await stepUp(testEnv.db, await found(), ['password']);
    expect(next).not.toBe(token);
    expect(await find(next)).toMatchObject({ replaced: false, session: { passwordAt: expect.any(Date) } });
    expect(await find(token)).toMatchObject({ replaced: true });
  });

  it('the old id is dead after ten seconds', async () => {
    await stepUp(testEnv.db, await found(), ['password']);
    await later('9 seconds');
    expect(await find(token)).toMatchObject({ replaced: true });
    await later('2 seconds');
    expect(await find(token)).toBeUndefined();
  });

  it('given by two clicks at once, it gets one new id', async () => {
    const [first, second] = [await found(), await found()];
    const next = await stepUp(testEnv.db, first, ['password']);
    expect(await stepUp(testEnv.db, second, ['password'])).toBe(next);
    expect(await find(next)).toMatchObject({ replaced: false });
    expect(await find(token)).toMatchObject({ replaced: true });
  });

  it('heard late, it undoes no later one', async () => {
    const first = await found();
    const next = await stepUp(testEnv.db, first, ['password']);
    const last = await stepUp(testEnv.db, await found(next), ['factor']);
    await stepUp(testEnv.db, first, ['password']);
    expect(await find(last)).toMatchObject({ replaced: false });
  });

  it('it keeps what it had proven before', async () => {
    const next = await stepUp(testEnv.db, await found(), ['password']);
    const last = await stepUp(testEnv.db, await found(next), ['factor']);
    expect(await found(last)).toMatchObject({
      linkAt: expect.any(Date),
      passwordAt: expect.any(Date),
      factorAt: expect.any(Date),
    });
  });

  it('another session of the same person proves nothing by it', async () => {
    const other = (await createSession(testEnv.db, { personId, clientId: null, proofs: ['link'] })).token;
    await stepUp(testEnv.db, await found(), ['password', 'factor']);
    expect(await found(other)).toMatchObject({ passwordAt: null, factorAt: null });
  });
});

describe('time-outs', () => {
  it('30 minutes without a page end it', async () => {
    await later('29 minutes');
    expect(await find()).toBeDefined();
    await later('30 minutes 1 second');
    expect(await find()).toBeUndefined();
  });

  it('each page restarts the 30 minutes', async () => {
    for (let i = 0; i < 3; i++) {
      await later('29 minutes');
      expect(await find()).toBeDefined();
    }
  });

  it('12 hours end it, however busy it is', async () => {
    for (let i = 0; i < 24; i++) {
      await later('29 minutes');
      expect(await find()).toBeDefined();
    }
    await later('25 minutes');
    expect(await find()).toBeUndefined();
  });

  it('a replaced id outlives none of them', async () => {
    await stepUp(testEnv.db, await found(), ['password']);
    await testEnv.db.sql.raw(
      `update session set seen_at = seen_at - interval '31 minutes' where person_id = ?`,
      [personId],
    );
    expect(await find(token)).toBeUndefined();
  });
});

describe('an ended session', () => {
  it('is found by neither id', async () => {
    const next = await stepUp(testEnv.db, await found(), ['password']);
    await deleteSession(testEnv.db, (await found(next)).id);
    expect(await find(next)).toBeUndefined();
    expect(await find(token)).toBeUndefined();
  });

  it('is deleted once its twelve hours are over, and no other one', async () => {
    await later('12 hours');
    const live = (await createSession(testEnv.db, { personId, clientId: testEnv.clientId, proofs: ['link'] }))
      .token;
    await deleteEndedSessions(testEnv.db, testEnv.config.SESSION_ABSOLUTE);
    expect(await testEnv.db.sql('session').where({ personId })).toHaveLength(1);
    expect(await find(live)).toBeDefined();
  });

  it('is every other one of the person after a new password, and nobody else’s', async () => {
    const mine = (await createSession(testEnv.db, { personId, clientId: null, proofs: ['link'] })).token;
    const { personId: bob } = await somebody(testEnv);
    const bobs = (await createSession(testEnv.db, { personId: bob, clientId: null, proofs: ['link'] })).token;
    await endOtherSessions(testEnv.db, await found(mine));
    expect(await find(token)).toBeUndefined();
    expect(await find(mine)).toBeDefined();
    expect(await find(bobs)).toBeDefined();
  });
});
