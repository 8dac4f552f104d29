/** Correcting an address and ending a relation: each only affects its own client, and no message gets lost. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newMessage, someAddress } from '../test/kit/message.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { counterLimits } from '../web/middleware/limits.ts';
import { createAttempts } from './attempts.ts';
import { addClient } from './clients.ts';
import { completeOnboarding } from './endings.ts';
import { erasePerson } from './erasure.ts';
import { acceptMessage, messageById } from './messages.ts';
import { onboardingOf, recordStep } from './onboardings.ts';
import { findPersonByEmail, person } from './people.ts';
import { correctAddress, endRelation, inviteAgain, recipientOf } from './relations.ts';
import { createSession, findSession } from './sessions.ts';

let testEnv: TestEnvironment;
let other: string;
let email: string;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
  other = (await addClient(testEnv.db, 'Provincie Voorbeeld')).id;
});
afterAll(() => testEnv.close());
beforeEach(() => {
  email = someAddress();
});

type Taken = { messageId: string; personId: string };

async function send(clientId: string, to = email): Promise<Taken> {
  const taken = await acceptMessage(
    testEnv.db,
    newMessage(clientId, { email: to }),
    ({ messageId, personId }) => ({
      messageId,
      personId,
    }),
  );
  if (!('answer' in taken)) throw new Error('refused');
  return taken.answer;
}

const addressOf = async (messageId: string) =>
  (await person(testEnv.db, (await messageById(testEnv.db, messageId))!.personId)).email;
const rowOf = async (personId: string) => (await onboardingOf(testEnv.db, personId))!;
const correct = (personId: string, to: string, clientId = testEnv.clientId) =>
  correctAddress(testEnv.db, { clientId, personId, email: to });

async function did(personId: string, facts: object): Promise<void> {
  const { id } = await rowOf(personId);
  await recordStep(testEnv.db, { onboarding: { id } }, async () => ({
    signal: 'termsAccepted',
    event: 'terms.accepted',
    facts,
  }));
}

describe('a corrected address', () => {
  it('of nobody else: the same person, with everything that was done and held void', async () => {
    const { messageId, personId } = await send(testEnv.clientId);
    await did(personId, { termsAccepted: true, passwordChanged: true });
    await testEnv.db.sql('person').where({ id: personId }).update({ passwordHash: 'x' });
    const token = (
      await createSession(testEnv.db, { personId, clientId: null, proofs: ['link', 'password'] })
    ).token;
    const right = someAddress();
    expect(await correct(personId, right)).toEqual({ personId });
    expect(await addressOf(messageId)).toBe(right);
    expect(await findPersonByEmail(testEnv.db, email)).toBeUndefined();
    expect(await rowOf(personId)).toMatchObject({
      status: 'open',
      termsAcceptedAt: null,
      passwordChangedAt: null,
    });
    expect(await person(testEnv.db, personId)).toMatchObject({ passwordHash: null });
    const { SESSION_IDLE: idleMs, SESSION_ABSOLUTE: absoluteMs } = testEnv.config;
    expect(await findSession(testEnv.db, { token, idleMs, absoluteMs })).toBeUndefined();
  });

  it('of somebody known: only the caller’s messages move, readable under the other key', async () => {
    const right = someAddress();
    const known = await send(other, right);
    const { messageId, personId } = await send(testEnv.clientId);
    expect(await correct(personId, right)).toEqual({ personId: known.personId });
    expect(await messageById(testEnv.db, messageId)).toMatchObject({
      personId: known.personId,
      subject: 'Uw aanstelling',
    });
    expect(await testEnv.db.sql('person').where({ id: personId })).toEqual([]);
  });

  it('to which others write, too: theirs stay where they are, with all that was done', async () => {
    const mine = await send(testEnv.clientId);
    const theirs = await send(other);
    await did(mine.personId, { termsAccepted: true });
    const right = someAddress();
    const moved = await correct(mine.personId, right);
    expect(moved).not.toEqual({ personId: mine.personId });
    expect(await addressOf(mine.messageId)).toBe(right);
    expect(await addressOf(theirs.messageId)).toBe(email);
    expect(await rowOf(theirs.personId)).toMatchObject({
      clientId: other,
      termsAcceptedAt: expect.any(Date),
    });
    const there = (moved as { personId: string }).personId;
    expect(await rowOf(there)).toMatchObject({ termsAcceptedAt: null, clientId: testEnv.clientId });
    expect(
      await recipientOf(testEnv.db, { clientId: testEnv.clientId, personId: mine.personId }),
    ).toBeUndefined();
  });

  it('is refused once the account is open, and is nothing when it is the same one', async () => {
    const { personId } = await send(testEnv.clientId);
    expect(await correct(personId, ` ${email.toUpperCase()}`)).toEqual({ refused: 'same' });
    await completeOnboarding(testEnv.db, {
      id: (await rowOf(personId)).id,
      mayOpen: () => true,
      tellWhenLaterThan: 3_600_000,
    });
    expect(await correct(personId, someAddress())).toEqual({ refused: 'completed' });
    expect((await person(testEnv.db, personId)).email).toBe(email);
  });

  it('while another organisation writes to the old one: each message ends where it was sent, 40 races', async () => {
    for (let round = 0; round < 40; round++) {
      email = someAddress();
      const right = someAddress();
      const mine = await send(testEnv.clientId);
      const [theirs] = await Promise.all([send(other), correct(mine.personId, right)]);
      expect(await addressOf(theirs.messageId), `round ${round}`).toBe(email);
      expect(await addressOf(mine.messageId), `round ${round}`).toBe(right);
    }
  });

  it('that two people get at once is one person’s, with the messages of both, 10 races', async () => {
    for (let round = 0; round < 10; round++) {
      const right = someAddress();
      const sent = [await send(testEnv.clientId, someAddress()), await send(testEnv.clientId, someAddress())];
      await Promise.all(sent.map(({ personId }) => correct(personId, right)));
      for (const { messageId } of sent) expect(await addressOf(messageId), `round ${round}`).toBe(right);
    }
  });

  it('that crosses another one loses no message, 5 races', async () => {
    for (let round = 0; round < 5; round++) {
      const [one, two] = [someAddress(), someAddress()];
      const sent = [await send(testEnv.clientId, one), await send(testEnv.clientId, two)];
      await Promise.all([correct(sent[0]!.personId, two), correct(sent[1]!.personId, one)]);
      for (const { messageId } of sent) expect([one, two]).toContain(await addressOf(messageId));
    }
  });
});

describe('an ended relation', () => {
  it('deletes the client’s messages; the other client’s stay, and its name is on the next mail', async () => {
    const mine = await send(testEnv.clientId);
    const theirs = await send(other);
    await send(testEnv.clientId);
    const ended = await endRelation(testEnv.db, { clientId: testEnv.clientId, personId: mine.personId });
    expect(ended).toEqual({ erased: false });
    expect(await messageById(testEnv.db, mine.messageId)).toBeUndefined();
    expect(await messageById(testEnv.db, theirs.messageId)).toBeDefined();
    expect((await rowOf(mine.personId)).clientId).toBe(other);
  });

  it('is the end of the person when it was the last one: nothing but opaque ids is left', async () => {
    const { personId } = await send(testEnv.clientId);
    const { id } = await rowOf(personId);
    const { dataKey, emailIndex } = (await testEnv.db.sql('person').where({ id: personId }).first())!;
    const attempts = createAttempts(testEnv.db, counterLimits(testEnv.config), () => {});
    await attempts.count('sign-in-account', emailIndex);
    await attempts.remember('known-network', `${emailIndex}.some-network`);
    await attempts.count('temporary-password', `${id}.some-network`);
    await attempts.remember('known-network', `${emailIndex}a.some-network`); // Somebody else's.
    expect(await endRelation(testEnv.db, { clientId: testEnv.clientId, personId })).toEqual({ erased: true });
    const { rows } = await testEnv.db.sql.raw<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    for (const { name } of rows) {
      const left = JSON.stringify((await testEnv.db.sql.raw('select * from ??', [name])).rows);
      expect(left, name).not.toContain(dataKey);
      expect(left.replaceAll(`${emailIndex}a`, ''), name).not.toContain(emailIndex);
      if (!['audit', 'event', 'idempotency_key'].includes(name)) expect(left, name).not.toContain(personId);
    }
    expect(await attempts.remembers('known-network', `${emailIndex}a.some-network`)).toBe(true);
    expect(await testEnv.db.sql('attempt').pluck('key')).not.toContain(
      `temporary-password:${id}.some-network`,
    );
    const told = await testEnv.db.sql('outbox').where({ subjectId: id }).select('workflow');
    expect(told.every(({ workflow }) => workflow === 'erasure')).toBe(true);
  });

  it('while another message arrives: it is there afterwards, for somebody with that address, 40 races', async () => {
    for (let round = 0; round < 40; round++) {
      email = someAddress();
      const mine = await send(testEnv.clientId);
      const relation = { clientId: testEnv.clientId, personId: mine.personId };
      const [theirs] = await Promise.all([send(other), endRelation(testEnv.db, relation)]);
      expect(await addressOf(theirs.messageId), `round ${round}`).toBe(email);
    }
  });

  it('leaves the address free: the next message starts again', async () => {
    const first = await send(testEnv.clientId);
    await erasePerson(testEnv.db, first.personId);
    const second = await send(testEnv.clientId);
    expect(second.personId).not.toBe(first.personId);
    expect(await rowOf(second.personId)).toMatchObject({ status: 'open', version: 1 });
  });
});

describe('an invitation that the sender asks for again', () => {
  const everyMs = 300_000;
  const again = (personId: string) =>
    inviteAgain(testEnv.db, { clientId: testEnv.clientId, personId, everyMs }, async () => ({}));

  it('counts as asked for now, and is refused once the account is open', async () => {
    const { personId } = await send(testEnv.clientId);
    const longAgo = testEnv.db.sql.raw(`now() - interval '1 hour'`);
    await testEnv.db.sql('onboarding').where({ personId }).update({ requestedAt: longAgo });
    const before = await rowOf(personId);
    await again(personId);
    expect((await rowOf(personId)).requestedAt.getTime()).toBeGreaterThan(before.requestedAt.getTime());
    await completeOnboarding(testEnv.db, {
      id: before.id,
      mayOpen: () => true,
      tellWhenLaterThan: 3_600_000,
    });
    expect(await again(personId)).toEqual({ refused: 'completed' });
  });

  it('is not taken for the one before, whose mail never left because the person went on', async () => {
    const { personId } = await send(testEnv.clientId);
    const before = await rowOf(personId);
    await again(personId);
    expect((await rowOf(personId)).version).toBe(before.version);
    await recordStep(testEnv.db, { onboarding: before }, async () => ({
      signal: 'termsAccepted',
      event: 'terms.accepted',
      facts: { termsAccepted: true },
    }));
    const gone = await rowOf(personId);
    await again(personId);
    const after = await rowOf(personId);
    expect(after.version).toBe(gone.version + 1);
    expect(after.requestedAt.getTime()).toBeGreaterThanOrEqual(gone.progressedAt.getTime());
  });

  it('gives a new temporary password only to a sender that passes it on', async () => {
    const { personId } = await send(testEnv.clientId);
    expect(await again(personId)).toMatchObject({ temporaryPassword: undefined });
    email = someAddress();
    const message = newMessage(testEnv.clientId, { email, temporaryPassword: 'sender' });
    await acceptMessage(testEnv.db, message, () => ({}));
    const passing = (await findPersonByEmail(testEnv.db, email))!.id;
    const [first, second] = [await again(passing), await again(passing)];
    expect(first).toMatchObject({ temporaryPassword: expect.stringMatching(/^[a-z0-9-]{16,}$/) });
    expect(second).not.toEqual(first);
  });
});
