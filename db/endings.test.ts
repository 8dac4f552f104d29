/** Opening the account, expiry and reopening: each race has one winner, and no message is lost. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { steps } from '../domain/steps.ts';
import { temporaryPasswordFor } from '../test/kit/mailedPassword.ts';
import { newMessage, someAddress } from '../test/kit/message.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { transaction } from './connect.ts';
import { completeOnboarding, expireOnboarding, openOnboarding } from './endings.ts';
import { acceptMessage } from './messages.ts';
import {
  factsOf,
  lockOnboarding,
  type Onboarding,
  onboarding,
  recordStep,
  writeChange,
} from './onboardings.ts';
import { orderCancellation } from './operatorOrders.ts';
import { inviteByOperator } from './relations.ts';
import { isTemporaryPassword } from './temporaryPasswords.ts';

const DAY = 86_400_000;
const FORTNIGHT = 14 * DAY;

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

const mayOpen = (row: Onboarding) => steps(factsOf(row)).current === 'activate';
const open = (id: string) => completeOnboarding(testEnv.db, { id, mayOpen, tellWhenLaterThan: DAY });
const cancel = (id: string) =>
  orderCancellation(testEnv.db, {
    onboardingId: id,
    order: randomUUID(),
    by: 'j.de.vries',
    reason: 'pressed-by-mistake',
  });
const rowOf = async (id: string) => (await onboarding(testEnv.db, id))!;

const accept = (email: string) =>
  acceptMessage(testEnv.db, newMessage(testEnv.clientId, { email }), (accepted) => accepted).then((taken) => {
    if (!('answer' in taken)) throw new Error('refused');
    return taken.answer;
  });

const ALL = { termsAccepted: true, passwordChanged: true, appVerified: true, profileSaved: true };

const did = (id: string, facts: Partial<ReturnType<typeof factsOf>>) =>
  recordStep(testEnv.db, { onboarding: { id } }, async () => ({
    signal: 'profileSaved',
    event: 'profile.saved',
    facts,
  }));

/** A person who has done every step. */
async function ready(email = someAddress()): Promise<{ email: string; id: string; personId: string }> {
  const { onboarding: row, personId } = await accept(email);
  await did(row.id, ALL);
  return { email, id: row.id, personId };
}

const messagesOf = (personId: string): Promise<{ id: string; releasedAt: Date | null }[]> =>
  testEnv.db.sql('message').where({ personId }).select('id', 'releasedAt');

describe('the account opens', () => {
  it('and every message that is held is released with it', async () => {
    const { id, email, personId } = await ready();
    await accept(email);
    expect(await open(id)).toMatchObject({ status: 'completed' });
    expect((await rowOf(id)).status).toBe('completed');
    expect((await messagesOf(personId)).every(({ releasedAt }) => releasedAt !== null)).toBe(true);
  });

  it.each([
    { termsAccepted: false },
    { passwordChanged: false },
    { appVerified: false },
    { profileSaved: false },
  ])('not without %o, whatever signal went astray', async (missing) => {
    const { id, personId } = await ready();
    await did(id, missing);
    expect(await open(id)).toMatchObject({ status: 'open' });
    expect((await rowOf(id)).status).toBe('open');
    expect((await messagesOf(personId)).every(({ releasedAt }) => releasedAt === null)).toBe(true);
  });

  it('once: asked ten times at once, one entry in the audit', async () => {
    const { id, personId } = await ready();
    const answers = await Promise.all(Array.from({ length: 10 }, () => open(id)));
    expect(answers.every(({ status }) => status === 'completed')).toBe(true);
    const entries = await testEnv.db.sql('audit').where({ personId, event: 'onboarding.completed' });
    expect(entries).toHaveLength(1);
  });
});

/** Waits a few round trips, so that each race starts a little differently. */
async function aMomentLater(round: number): Promise<void> {
  for (let i = 0; i < round % 12; i++) await testEnv.db.sql.raw('select 1');
}

describe('a message that arrives while the account is being opened', () => {
  it('is released or announced, never held for ever: 60 races', async () => {
    const seen = { released: 0, announced: 0 };
    for (let round = 0; round < 60; round++) {
      const { id, email, personId } = await ready();
      await Promise.all([
        accept(email),
        accept(email),
        aMomentLater(round).then(() => open(id)),
        accept(email),
      ]);
      const notices = await testEnv.db.sql('outbox').where({ workflow: 'messageNotice' }).select('subjectId');
      const announced = new Set(notices.map(({ subjectId }) => subjectId));
      for (const { id: message, releasedAt } of await messagesOf(personId)) {
        expect(releasedAt !== null || announced.has(message), 'held for ever').toBe(true);
        seen[releasedAt ? 'released' : 'announced']++;
      }
      // Once the account is open, nothing requests an invitation any more.
      expect((await rowOf(id)).status).toBe('completed');
    }
    expect(seen.released).toBeGreaterThan(60);
    expect(seen.announced).toBeGreaterThan(0);
  });
});

describe('the invitation expires', () => {
  const age = (id: string, days: number, column = 'both') =>
    testEnv.db
      .sql('onboarding')
      .where({ id })
      .update({
        ...(column !== 'requested' && {
          progressedAt: testEnv.db.sql.raw(`now() - ${days} * interval '1 day'`),
        }),
        ...(column !== 'progressed' && {
          requestedAt: testEnv.db.sql.raw(`now() - ${days} * interval '1 day'`),
        }),
      });
  const expire = (id: string) => expireOnboarding(testEnv.db, { id, expireAfter: FORTNIGHT });

  it('14 days after the latest of progress and an invitation that was asked for', async () => {
    const { onboarding: row } = await accept(someAddress());
    await age(row.id, 15);
    await age(row.id, 13, 'progressed');
    expect(await expire(row.id)).toMatchObject({ status: 'open' });
    await age(row.id, 15);
    await age(row.id, 13, 'requested');
    expect(await expire(row.id)).toMatchObject({ status: 'open' });
    await age(row.id, 14);
    expect(await expire(row.id)).toMatchObject({ status: 'expired' });
    expect((await rowOf(row.id)).status).toBe('expired');
  });

  it('and its temporary passwords die, while what was done is kept', async () => {
    const { onboarding: row } = await accept(someAddress());
    await temporaryPasswordFor(testEnv.db, row.id);
    await did(row.id, { termsAccepted: true });
    await age(row.id, 15);
    await expire(row.id);
    expect(await testEnv.db.sql('temporary_password').where({ onboardingId: row.id })).toEqual([]);
    expect((await rowOf(row.id)).termsAcceptedAt).not.toBeNull();
  });

  it('and what the sender passed on counts no more, until the person starts it again', async () => {
    const taken = await acceptMessage(
      testEnv.db,
      { ...newMessage(testEnv.clientId, { email: someAddress() }), temporaryPassword: 'sender' },
      (accepted) => accepted,
    );
    if (!('answer' in taken)) throw new Error('refused');
    const { onboarding: row } = taken.answer;
    const works = () => isTemporaryPassword(testEnv.db, row, taken.temporaryPassword!);
    for (const end of [() => age(row.id, 15).then(() => expire(row.id)), () => cancel(row.id)]) {
      expect(await works()).toBe(true);
      await end();
      expect(await works()).toBe(false);
      await inviteByOperator(testEnv.db, row.id, 0);
      expect(await works()).toBe(false);
      expect(await openOnboarding(testEnv.db, row.id)).toMatchObject({ status: 'open' });
    }
    expect(await works()).toBe(true);
  });

  it('or not: the last step in the same second, 30 races, and one of the two wins', async () => {
    for (let round = 0; round < 30; round++) {
      const { onboarding: row } = await accept(someAddress());
      await age(row.id, 15);
      const [step] = await Promise.all([did(row.id, ALL), expire(row.id)]);
      const { status } = await rowOf(row.id);
      if (!step.refused) {
        expect(await open(row.id)).toMatchObject({ status: 'completed' });
      } else {
        expect(step.refused).toBe('not-open');
        expect(status).toBe('expired');
      }
    }
  });

  it('does not undo an account that is open', async () => {
    const { id } = await ready();
    await open(id);
    await age(id, 30);
    await expire(id);
    expect((await rowOf(id)).status).toBe('completed');
  });

  it('is undone by a new message, with everything done kept', async () => {
    const email = someAddress();
    const { onboarding: row } = await accept(email);
    await did(row.id, { termsAccepted: true });
    await age(row.id, 15);
    await expire(row.id);
    expect(await openOnboarding(testEnv.db, row.id)).toMatchObject({ status: 'expired' });
    await accept(email);
    expect(await openOnboarding(testEnv.db, row.id)).toMatchObject({ status: 'open' });
    expect((await rowOf(row.id)).termsAcceptedAt).not.toBeNull();
  });
});

it('a message that waited for the lock while the end was decided came after the end', async () => {
  const { onboarding: begun } = await accept(someAddress());
  const row = await transaction(testEnv.db, async (tx) => {
    await tx.sql.raw('select now()');
    await cancel(begun.id);
    const locked = await lockOnboarding(tx, begun.id);
    return writeChange(tx, locked, { signal: 'messageSent', event: 'message.accepted' });
  });
  expect(row.shouldRun).toBe(true);
});

describe('a step', () => {
  it('done ten times at once is written once, with one signal', async () => {
    const { onboarding: row, personId } = await accept(someAddress());
    const once = () =>
      recordStep(testEnv.db, { onboarding: row }, async (_tx, locked) =>
        locked.termsAcceptedAt
          ? { refused: 'already' as const }
          : { signal: 'termsAccepted', event: 'terms.accepted', facts: { termsAccepted: true } },
      );
    const answers = await Promise.all(Array.from({ length: 10 }, once));
    expect(answers.filter(({ refused }) => !refused)).toHaveLength(1);
    expect((await rowOf(row.id)).version).toBe(2);
    expect(await testEnv.db.sql('audit').where({ personId, event: 'terms.accepted' })).toHaveLength(1);
    const signals = await testEnv.db.sql('outbox').where({ subjectId: row.id, signal: 'termsAccepted' });
    expect(signals.length).toBeLessThanOrEqual(1);
  });

  it('whose writing fails leaves neither fact nor audit nor signal', async () => {
    const { onboarding: row, personId } = await accept(someAddress());
    const failing = recordStep(testEnv.db, { onboarding: row }, async (tx, locked) => {
      expect((await lockOnboarding(tx, locked.id)).version).toBe(1);
      return { signal: 'termsAccepted', event: null as unknown as string, facts: { termsAccepted: true } };
    });
    await expect(failing).rejects.toThrow();
    expect(await rowOf(row.id)).toMatchObject({ version: 1, termsAcceptedAt: null });
    expect(await testEnv.db.sql('audit').where({ personId, event: 'terms.accepted' })).toEqual([]);
  });

  it('keeps when it was done first, and a skip that is taken back is gone', async () => {
    const { onboarding: row } = await accept(someAddress());
    await did(row.id, { smsSkipped: true });
    const { smsSkippedAt } = await rowOf(row.id);
    await did(row.id, { smsSkipped: true });
    expect((await rowOf(row.id)).smsSkippedAt).toEqual(smsSkippedAt);
    await did(row.id, { smsSkipped: false });
    expect((await rowOf(row.id)).smsSkippedAt).toBeNull();
  });

  it('takes back "I can’t do this" and "this is not me": the person goes on', async () => {
    const { onboarding: row } = await accept(someAddress());
    await did(row.id, { helpAsked: true, notMe: true });
    await did(row.id, { termsAccepted: true });
    expect(await rowOf(row.id)).toMatchObject({ helpAskedAt: null, notMeAt: null });
  });
});
