/** What should be running according to the database, and what is put into the outbox to restart it. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { someAddress, somebody } from '../test/kit/message.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { transaction } from './connect.ts';
import { completeOnboarding } from './endings.ts';
import { type Change, factsOf, factTimesOf, onboarding, recordStep } from './onboardings.ts';
import type { Tables } from './tables.ts';
import {
  putUnfinishedInOutbox,
  type UnfinishedWorkflow,
  unfinished,
  withAdvisoryLock,
} from './unfinished.ts';

const DAY_MS = 86_400_000;
const FOR = { notice: 5 * DAY_MS, signInCode: 5 * 60_000 };

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());
beforeEach(async () => {
  await testEnv.db.sql('person').delete();
  await testEnv.db.sql('outbox').delete();
});

/** The ids of one kind, from all pages. */
async function found(workflow: UnfinishedWorkflow): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of unfinished(testEnv.db, FOR))
    if (page.workflow === workflow) ids.push(...page.rows.map(({ id }) => id));
  return ids;
}

const waiting = (subjectId: string) => testEnv.db.sql('outbox').where({ subjectId }).orderBy('id');
const set = (id: string, columns: object) => testEnv.db.sql('onboarding').where({ id }).update(columns);
const at = (offset: string) => testEnv.db.sql.raw(`now() ${offset}`);

describe('an onboarding', () => {
  it.each([
    ['open', {}, true],
    ['completed', { status: 'completed', endedAt: '- 1 hour' }, false],
    ['expired', { status: 'expired', endedAt: '- 1 hour', requestedAt: '- 2 hours' }, false],
    ['expired, asked for again', { status: 'expired', endedAt: '- 2 hours', requestedAt: '- 1 hour' }, true],
    ['cancelled', { status: 'cancelled', endedAt: '- 1 hour', requestedAt: '- 2 hours' }, false],
    [
      'cancelled, asked for again',
      { status: 'cancelled', endedAt: '- 2 hours', requestedAt: '- 1 hour' },
      true,
    ],
  ])('that is %s', async (_what, columns, shouldRun) => {
    const { onboarding: row } = await somebody(testEnv);
    const written = Object.entries(columns).map(([name, value]) => [
      name,
      name === 'status' ? value : at(`+ interval '${value}'`),
    ]);
    if (written.length) await set(row.id, Object.fromEntries(written));
    expect(await found('onboarding')).toEqual(shouldRun ? [row.id] : []);
    await testEnv.db.sql('outbox').delete();
    expect(await putUnfinishedInOutbox(testEnv.db, { workflow: 'onboarding', ids: [row.id] })).toBe(
      shouldRun ? 1 : 0,
    );
  });

  it('is started again with the facts and the version of its row', async () => {
    const { onboarding: begun } = await somebody(testEnv);
    const accepted: Change = {
      signal: 'termsAccepted',
      event: 'terms.accepted',
      facts: { termsAccepted: true },
    };
    await recordStep(testEnv.db, { onboarding: begun }, async () => accepted);
    await testEnv.db.sql('outbox').delete();
    await putUnfinishedInOutbox(testEnv.db, { workflow: 'onboarding', ids: [begun.id] });
    const row = (await onboarding(testEnv.db, begun.id))!;
    expect(await waiting(row.id)).toMatchObject([
      {
        workflow: 'onboarding',
        signal: 'reconciled',
        payload: { version: row.version, facts: factTimesOf(row) },
      },
    ]);
    expect(factsOf(row)).toMatchObject({ termsAccepted: true, passwordChanged: false });
  });

  it('gets no second row while one waits, whatever that one says', async () => {
    const { onboarding: row } = await somebody(testEnv);
    expect(await putUnfinishedInOutbox(testEnv.db, { workflow: 'onboarding', ids: [row.id] })).toBe(0);
    await testEnv.db.sql('outbox').delete();
    expect(await putUnfinishedInOutbox(testEnv.db, { workflow: 'onboarding', ids: [row.id] })).toBe(1);
    expect(await putUnfinishedInOutbox(testEnv.db, { workflow: 'onboarding', ids: [row.id] })).toBe(0);
    expect(await waiting(row.id)).toHaveLength(1);
  });

  it('that somebody is changing at this moment is left to that change, without waiting', async () => {
    const { onboarding: row } = await somebody(testEnv);
    await testEnv.db.sql('outbox').delete();
    await transaction(testEnv.db, async (tx) => {
      await tx.sql('onboarding').where({ id: row.id }).forUpdate().first();
      expect(await putUnfinishedInOutbox(testEnv.db, { workflow: 'onboarding', ids: [row.id] })).toBe(0);
    });
    expect(await putUnfinishedInOutbox(testEnv.db, { workflow: 'onboarding', ids: [row.id] })).toBe(1);
  });

  it('that was erased meanwhile is not started again', async () => {
    expect(await putUnfinishedInOutbox(testEnv.db, { workflow: 'onboarding', ids: [randomUUID()] })).toBe(0);
  });

  it('is found among 450, on three pages, each once', async () => {
    const { onboarding: row } = await somebody(testEnv);
    await testEnv.db.sql.raw(
      `with added as (
         insert into person (id, email_index, data_key, email, locale)
         select gen_random_uuid(), 'index ' || n, 'x', 'x', 'nl' from generate_series(1, 450) n returning id)
       insert into onboarding (id, person_id, client_id, temporary_password_mode)
       select gen_random_uuid(), id, :clientId, 'mail' from added`,
      { clientId: row.clientId },
    );
    const pages: number[] = [];
    for await (const { rows } of unfinished(testEnv.db, FOR)) pages.push(rows.length);
    expect(pages).toEqual([200, 200, 51]);
    expect(new Set(await found('onboarding')).size).toBe(451);
  });
});

describe('a notice of a message', () => {
  /** A person with an open account, and a message that came afterwards. */
  async function noticed(): Promise<{ held: string; messageId: string }> {
    const email = someAddress();
    const held = await somebody(testEnv, { email });
    await completeOnboarding(testEnv.db, {
      id: held.onboarding.id,
      mayOpen: () => true,
      tellWhenLaterThan: 3_600_000,
    });
    const { messageId } = await somebody(testEnv, { email });
    await testEnv.db.sql('outbox').delete();
    return { held: held.messageId, messageId };
  }
  const change = (id: string, columns: object) => testEnv.db.sql('message').where({ id }).update(columns);

  it('is found until it is sent; the message that was held until the account opened needs none', async () => {
    const { messageId, held } = await noticed();
    expect(held).not.toBe(messageId);
    expect(await found('messageNotice')).toEqual([messageId]);
    expect(await putUnfinishedInOutbox(testEnv.db, { workflow: 'messageNotice', ids: [messageId] })).toBe(1);
    expect(await putUnfinishedInOutbox(testEnv.db, { workflow: 'messageNotice', ids: [messageId] })).toBe(0);
    expect(await waiting(messageId)).toMatchObject([{ workflow: 'messageNotice' }]);
  });

  it.each(['notifiedAt', 'readAt', 'undeliverableAt'])('is not found any more with %s', async (done) => {
    const { messageId } = await noticed();
    await change(messageId, { releasedAt: at(''), [done]: at('') });
    expect(await found('messageNotice')).toEqual([]);
  });

  it('is that of the message whose mail tells of it, whether that one was read or not', async () => {
    const { messageId, held } = await noticed();
    await change(messageId, { toldWith: held });
    await change(held, { readAt: at('') });
    expect(await found('messageNotice')).toEqual([held]);
  });

  it('is found when the message was released and the mail has not left yet', async () => {
    const { messageId } = await noticed();
    await change(messageId, { releasedAt: at('') });
    expect(await found('messageNotice')).toEqual([messageId]);
  });

  it('is given up when it is older than mail is tried', async () => {
    const { messageId } = await noticed();
    await change(messageId, { createdAt: at(`- interval '5 days 1 minute'`) });
    expect(await found('messageNotice')).toEqual([]);
  });
});

describe('a link for a new password', () => {
  async function link(columns: Tables['reset_link']['update'] = {}): Promise<string> {
    const { personId, onboarding: row } = await somebody(testEnv);
    const id = randomUUID();
    const written = { id, personId, clientId: row.clientId, purpose: 'password' as const, keyId: 'k1' };
    await testEnv.db.sql('reset_link').insert({ ...written, ...columns });
    return id;
  }

  it('is found until it is sent, used, replaced by a newer one, or a day old', async () => {
    const unsent = await link();
    await link({ sentAt: at('') });
    await link({ usedAt: at('') });
    await link({ createdAt: at(`- interval '24 hours'`) });
    await link({ purpose: 'factor' });
    const { personId } = (await testEnv.db.sql('reset_link').where({ id: unsent }).first())!;
    await testEnv.db
      .sql('reset_link')
      .where({ id: await link() })
      .update({ personId, createdAt: at(`- interval '1 hour'`) });
    expect(await found('passwordReset')).toEqual([unsent]);
  });
});

describe('a code to sign in', () => {
  async function code(columns: Tables['sms_code']['update'] = {}): Promise<string> {
    const { personId } = await somebody(testEnv);
    const id = randomUUID();
    const asking = { personId, purpose: 'sign-in' as const, challenge: personId };
    const written = { id, ...asking, keyId: 'k1', phone: 'sealed' };
    await testEnv.db.sql('sms_code').insert({ ...written, ...columns });
    return id;
  }

  it('is found while it lives and has neither left nor failed', async () => {
    const unsent = await code();
    await code({ sentAt: at('') });
    await code({ failedAt: at(''), failure: 'refused' });
    await code({ requestedAt: at(`- interval '5 minutes'`) });
    await code({ purpose: 'enrol' });
    expect(await found('signInCode')).toEqual([unsent]);
  });
});

describe('several workers', () => {
  it('do it one at a time; the others go on at once, and the next may do it again', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const first = withAdvisoryLock(testEnv.db, async () => {
      begin();
      await released;
      return 'first';
    });
    await begun;
    expect(await withAdvisoryLock(testEnv.db, async () => 'second')).toBeUndefined();
    release();
    expect(await first).toBe('first');
    expect(await withAdvisoryLock(testEnv.db, async () => 'third')).toBe('third');
  });

  it('are not held up by one that failed', async () => {
    const failing = withAdvisoryLock(testEnv.db, async () => {
      throw new Error('the engine is away');
    });
    await expect(failing).rejects.toThrow('the engine is away');
    expect(await withAdvisoryLock(testEnv.db, async () => 'next')).toBe('next');
  });
});
