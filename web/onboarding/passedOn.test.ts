/** Temporary passwords that senders pass on: the mailbox alone opens nothing, and no organisation weakens another's. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addClient, addKey } from '../../db/clients.ts';
import { onboardingOf } from '../../db/onboardings.ts';
import { type ResetPurpose, resetLinkFor } from '../../db/resetLinks.ts';
import { expectProblem } from '../../test/kit/api.ts';
import { OWN_PASSWORD } from '../../test/kit/pages.ts';
import { Participant } from '../../test/kit/participant.ts';
import { expectRejected } from '../../test/kit/rejected.ts';
import { call, type Reply, sendMessage } from '../../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';
import { WORDS } from '../../test/kit/words.ts';

const NEW_PASSWORD = 'zeven rode tulpen 31';
const WRONG = 'acdf-gh34-acdf-gh34';
const REFUSED = 'Dit is niet het tijdelijke wachtwoord';

let testEnv: TestEnvironment;
let otherKey: string;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false, env: { LIMIT_FORGOTTEN_PER_NETWORK: '1000' } });
  const other = await addClient(testEnv.db, 'Provincie Voorbeeld');
  otherKey = await addKey(testEnv.db, { clientId: other.id, days: 1 });
});
afterAll(() => testEnv.close());

const bySender = { temporaryPassword: 'sender' };

/** A person whose sender passes the temporary password on, at the page of `place`. */
async function passedOn(place: Parameters<Participant['to']>[0], factor?: Parameters<Participant['to']>[1]) {
  const anna = new Participant(testEnv);
  await anna.invited(bySender);
  await anna.to(place, factor);
  return anna;
}

/** The browser of somebody who can read the mailbox: opened the link of a mail for `purpose` and pressed its button. */
async function withMailOf(anna: Participant, purpose: ResetPurpose = 'password'): Promise<Participant> {
  const { personId } = anna;
  const { clientId } = (await onboardingOf(testEnv.db, personId))!;
  const link = await resetLinkFor(testEnv.db, { personId, clientId, purpose, sendKey: randomUUID() });
  const thief = anna.elsewhere();
  await thief.openLink(`/reset/${testEnv.db.secrets.linkToken(link, 'reset')}`);
  return thief;
}

const choose = (one: Participant, currentPassword?: string) =>
  one.submit({
    ...(currentPassword === undefined ? {} : { currentPassword }),
    newPassword: NEW_PASSWORD,
    newPasswordAgain: NEW_PASSWORD,
  });

const hashOf = async ({ personId }: Participant): Promise<string> =>
  (await testEnv.db.sql('person').where({ id: personId }).first('passwordHash'))!.passwordHash!;

function inviteAgain(
  personId: string,
  given: { body?: object; key?: string; apiKey?: string } = {},
): Promise<Reply> {
  return call(testEnv, `/recipients/${personId}/invitation`, {
    method: 'POST',
    body: given.body && JSON.stringify(given.body),
    headers: {
      ...(given.key ? { 'idempotency-key': given.key } : {}),
      authorization: `Bearer ${given.apiKey ?? testEnv.apiKey}`,
    },
  });
}

describe('a new password while no second factor is set up', () => {
  it('needs what the sender passed on: the mailbox alone sets none', async () => {
    const anna = await passedOn('sms');
    const before = await hashOf(anna);
    const thief = await withMailOf(anna);
    expect(thief.reads).toContain('Vul ook het tijdelijke wachtwoord in dat u van Gemeente Voorbeeld kreeg');
    for (const [typed, words] of [
      [undefined, 'Vul het tijdelijke wachtwoord in'],
      [WRONG, REFUSED],
      [OWN_PASSWORD, REFUSED],
    ] as const) {
      await choose(thief, typed);
      expectRejected(thief, 'currentPassword', words);
    }
    expect(await hashOf(anna)).toBe(before);
    expect((await thief.ask('/onboarding/sms')).location).not.toBeNull();
    await choose(thief, anna.sent!.temporaryPassword);
    expect(thief.path).not.toContain('/reset');
    expect(await hashOf(anna)).not.toBe(before);
  });

  it('is guessed at ten times, then compared no more', async () => {
    const anna = await passedOn('sms');
    const thief = await withMailOf(anna);
    for (let tries = 0; tries < 10; tries++) await choose(thief, WRONG);
    await choose(thief, anna.sent!.temporaryPassword);
    expectRejected(thief, 'currentPassword', WORDS.temporaryPassword.nl.errors['too-many-tries']);
  });

  it('counts what the sender got when it asked again after the password step', async () => {
    const anna = await passedOn('sms');
    const { body } = await inviteAgain(anna.personId);
    const thief = await withMailOf(anna);
    await choose(thief, body.temporaryPassword as string);
    expect(thief.path).not.toContain('/reset');
  });

  it('needs none of it where it was mailed', async () => {
    const anna = await new Participant(testEnv).to('sms');
    const tablet = await withMailOf(anna);
    expect(tablet.reads).not.toContain('Huidig wachtwoord');
    await choose(tablet);
    expect(tablet.path).not.toContain('/reset');
  });

  it('waits for a new invitation when the onboarding has expired', async () => {
    const anna = await passedOn('sms');
    await testEnv.db
      .sql('onboarding')
      .where({ id: anna.onboardingId })
      .update({ status: 'expired', endedAt: testEnv.db.sql.fn.now() });
    const tablet = await withMailOf(anna);
    expect(tablet.notice).toBe('expired');
    const before = await hashOf(anna);
    await choose(tablet, anna.sent!.temporaryPassword);
    expect(tablet.notice).toBe('expired');
    expect(await hashOf(anna)).toBe(before);
  });
});

describe('once a second factor is set up', () => {
  it.each(['app', 'sms'] as const)(
    'by %s, what the sender passed on is gone, and the factor is asked',
    async (factor) => {
      const anna = await passedOn('profile', factor);
      expect(await testEnv.db.sql('temporary_password').where({ onboardingId: anna.onboardingId })).toEqual(
        [],
      );
      const { body } = await inviteAgain(anna.personId);
      expect(body).not.toHaveProperty('temporaryPassword');
      const tablet = await withMailOf(anna);
      expect(tablet.path).toBe(`/reset/prove/${factor}`);
    },
  );

  it('and taken away again, the mailbox is not enough: a new one of the sender is needed', async () => {
    const anna = await passedOn('profile');
    const tablet = await withMailOf(anna, 'factor');
    await tablet.submit({ password: OWN_PASSWORD });
    const thief = await withMailOf(anna);
    await choose(thief, anna.sent!.temporaryPassword);
    expectRejected(thief, 'currentPassword', REFUSED);
    const { body } = await inviteAgain(anna.personId);
    await choose(thief, body.temporaryPassword as string);
    expect(thief.path).not.toContain('/reset');
  });
});

it('a factor that is set up while a new password is typed has to be proven first', async () => {
  const anna = await passedOn('sms');
  const thief = await withMailOf(anna);
  const before = await hashOf(anna);
  // Between checking what must be proven and writing: the row is held, the factor is set up, then the step continues.
  const { sql } = testEnv.db;
  const held = await sql.transaction();
  await held('onboarding').where({ id: anna.onboardingId }).forUpdate().first('id');
  const posted = choose(thief, anna.sent!.temporaryPassword);
  await held.raw('select 1');
  for (let waiting = 0; !waiting; ) {
    const { rows } = await sql.raw<{ n: number }>(`select count(*)::int as n from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`);
    waiting = rows[0]!.n;
  }
  await held('onboarding').where({ id: anna.onboardingId }).update({ appVerifiedAt: held.fn.now() });
  await held.commit();
  await posted;
  expect(await hashOf(anna)).toBe(before);
});

describe('a second organisation that passes it on', () => {
  const write = (email: string, body = {}) => sendMessage(testEnv, { email, apiKey: otherKey, body });

  it('makes the mode the stricter one: what was mailed counts no longer, and the page says whom to ask', async () => {
    const anna = await new Participant(testEnv).to('password');
    const mailed = await anna.temporaryPassword();
    const { answer } = await write(anna.email, bySender);
    await anna.open('/onboarding/password');
    expect(anna.reads).toContain('Van Provincie Voorbeeld krijgt u een tijdelijk wachtwoord');
    await anna.choosePassword(mailed);
    expectRejected(anna, 'currentPassword', 'als u het van Provincie Voorbeeld');
    await anna.choosePassword(answer.temporaryPassword!);
    expect(anna.path).toBe('/onboarding/sms');
  });

  it('and the first one, which asked for mail, is given none, also when it asks again', async () => {
    const anna = new Participant(testEnv);
    await anna.invited();
    expect((await write(anna.email, bySender)).answer).toHaveProperty('temporaryPassword');
    expect(await anna.invited()).not.toHaveProperty('temporaryPassword');
    expect((await inviteAgain(anna.personId)).body).not.toHaveProperty('temporaryPassword');
  });

  it('each one works, and the page names the organisation of the mail that was opened', async () => {
    const anna = new Participant(testEnv);
    const first = await anna.invited(bySender);
    const second = (await write(anna.email, bySender)).answer;
    expect(second.temporaryPassword).not.toBe(first.temporaryPassword);
    await anna.to('password');
    expect(anna.reads).toContain('Van Gemeente Voorbeeld krijgt u een tijdelijk wachtwoord');
    await anna.choosePassword(second.temporaryPassword!);
    expect(anna.path).toBe('/onboarding/sms');
  });

  it('one that asks for mail weakens nothing, and is given none', async () => {
    const anna = new Participant(testEnv);
    await anna.invited(bySender);
    expect((await write(anna.email)).answer).not.toHaveProperty('temporaryPassword');
    expect(await anna.row()).toMatchObject({ temporaryPasswordMode: 'sender' });
    await anna.to('password');
    expect(anna.reads).toContain('Van Gemeente Voorbeeld krijgt u een tijdelijk wachtwoord');
  });

  it('and ends its relation takes its password along: the first one mails again', async () => {
    const anna = new Participant(testEnv);
    await anna.invited();
    const theirs = (await write(anna.email, bySender)).answer.temporaryPassword!;
    await call(testEnv, `/recipients/${anna.personId}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${otherKey}` },
    });
    await anna.to('password');
    await anna.choosePassword(theirs);
    expectRejected(anna, 'currentPassword', REFUSED);
    await anna.choosePassword(await anna.temporaryPassword());
    expect(anna.path).toBe('/onboarding/sms');
  });

  it('and corrects the address leaves the first one as it was, and passes on at the new address', async () => {
    const anna = new Participant(testEnv);
    await anna.invited();
    await write(anna.email, bySender);
    const { body } = await call(testEnv, `/recipients/${anna.personId}`, {
      method: 'PATCH',
      body: JSON.stringify({ email: `new.${anna.email}` }),
      headers: { authorization: `Bearer ${otherKey}` },
    });
    expect(await anna.row()).toMatchObject({ temporaryPasswordMode: 'mail' });
    expect(await onboardingOf(testEnv.db, body.id as string)).toMatchObject({
      temporaryPasswordMode: 'sender',
    });
  });
});

describe('asking for the invitation again', () => {
  it.each([{ nonsense: 1 }, { temporaryPassword: 'maybe' }, { temporaryPassword: 'sender', more: 1 }])(
    'with %j is refused',
    async (body) => {
      const anna = new Participant(testEnv);
      await anna.invited();
      expectProblem(await inviteAgain(anna.personId, { body }), 422);
    },
  );

  it('by the one that mailed: from now on it passes the temporary password on', async () => {
    const anna = await new Participant(testEnv).to('password');
    const mailed = await anna.temporaryPassword();
    const { status, body } = await inviteAgain(anna.personId, { body: bySender });
    expect(status).toBe(202);
    await anna.choosePassword(mailed);
    expectRejected(anna, 'currentPassword', REFUSED);
    await anna.choosePassword(body.temporaryPassword as string);
    expect(anna.path).toBe('/onboarding/sms');
  });

  it('says when the last mail left, and when this one may', async () => {
    const anna = new Participant(testEnv);
    await anna.invited();
    expect((await inviteAgain(anna.personId)).body).not.toHaveProperty('sentAt');
    await anna.link();
    const sentAt = new Date(Date.now() - 60_000);
    await testEnv.db.sql('invitation').where({ onboardingId: anna.onboardingId }).update({ sentAt });
    const { body } = await inviteAgain(anna.personId);
    expect(body.sentAt).toBe(sentAt.toISOString());
    expect(Date.parse(body.notBefore as string) - sentAt.getTime()).toBe(testEnv.config.INVITE_EVERY);
  });

  it('with the same key gives the same answer and asks once; with another body it is refused', async () => {
    const anna = new Participant(testEnv);
    await anna.invited(bySender);
    const key = randomUUID();
    const asked = await Promise.all([1, 2, 3, 4, 5].map(() => inviteAgain(anna.personId, { key })));
    for (const { status, body } of asked) expect([status, body]).toEqual([202, asked[0]!.body]);
    expect(
      await testEnv.db.sql('temporary_password').where({ onboardingId: anna.onboardingId }),
    ).toHaveLength(2);
    expectProblem(await inviteAgain(anna.personId, { key, body: bySender }), 409);
    // Each kind of call has its own key space.
    expect((await sendMessage(testEnv, { email: anna.email, key })).status).toBe(202);
    expectProblem(await inviteAgain(anna.personId, { key: 'k'.repeat(201) }), 400);
  });
});
