/** A sender who mistyped an address; and two organisations that write to one person. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addClient, addKey } from '../../db/clients.ts';
import { transaction } from '../../db/connect.ts';
import { correctAddress } from '../../db/relations.ts';
import {
  ask,
  createInvitedPerson,
  expectStatusToMatchDatabase,
  type RecipientSeen,
  recipient,
  senderEvents,
} from '../kit/engine.ts';
import { eventually } from '../kit/eventually.ts';
import { waitForLock } from '../kit/locks.ts';
import { someAddress } from '../kit/message.ts';
import { linkIn, OWN_PASSWORD, temporaryPasswordIn } from '../kit/pages.ts';
import { Participant } from '../kit/participant.ts';
import { type Sent, sendMessage } from '../kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';
import { WORDS } from '../kit/words.ts';

let testEnv: TestEnvironment;
let other: { id: string; key: string };
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { INVITE_EVERY: '200ms' } });
  const { id } = await addClient(testEnv.db, 'Provincie Voorbeeld');
  other = { id, key: await addKey(testEnv.db, { clientId: id, days: 1 }) };
});
afterAll(() => testEnv.close());

const correct = (personId: string, email: string) =>
  ask(testEnv, `PATCH /recipients/${personId}`, { body: { email } });
const ofOther = (email: string) =>
  sendMessage(testEnv, { email, apiKey: other.key, body: { subject: 'Van de provincie' } }).then(
    ({ answer }) => answer,
  );

let numbers = 0;

/** From the mail to the message, without looking at the database. */
async function arrives(person: Participant, { id }: Sent, nth = 1): Promise<void> {
  const mail = await person.mail(nth);
  await person.openLink(linkIn(mail));
  expect(person.path).toBe('/onboarding/terms');
  await person.acceptTerms();
  await person.choosePassword(temporaryPasswordIn(mail));
  expect(person.path).toBe('/onboarding/sms');
  const phone = `+31650000${100 + ++numbers}`;
  await person.askCode(phone);
  await person.enterCode(await person.code(phone));
  await person.skip();
  await person.saveProfile();
  expect(person.path).toMatch(/^\/(messages|onboarding\/finished)/);
  await person.open(`/messages/${id}`);
  expect(person.reads).toContain('Beste collega, dit is vertrouwelijk.');
}

it('25: the address was wrong; whatever the wrong person did or holds is void, and the right one starts afresh', async () => {
  const wrong = await createInvitedPerson(testEnv, 'sms');
  await wrong.doStep('sms');
  const code = await wrong.smsCode();
  const first = await wrong.mail();
  await wrong.submit({}, '/onboarding/continue/forgotten');
  const reset = new URL(/https?:\/\/\S+\/reset\/\S+/.exec((await wrong.mail(2)).text)![0]).pathname;
  const right = new Participant(testEnv);
  const { status, body } = await correct(wrong.personId, right.email);
  expect(status).toBe(200);
  expect(body).toMatchObject({ id: wrong.personId, onboarding: { status: 'invited', step: 'terms' } });

  // The session, the link, the password and the code of the old address.
  expect((await wrong.ask('/onboarding/sms')).status).toBe(401);
  expect((await wrong.post('/onboarding/sms/code', { code, action: 'confirm' })).status).toBe(401);
  await wrong.open(linkIn(first));
  expect(wrong.page.status).toBe(404);
  expect(wrong.notice).toBe('unknown');
  await wrong.open(reset);
  expect(wrong.notice).toBe('oldReset');
  for (const table of ['sms_code', 'app_factor', 'reset_link', 'terms_acceptance'] as const)
    expect(await testEnv.db.sql(table).where({ personId: wrong.personId }), table).toEqual([]);
  await wrong.open('/sign-in');
  await wrong.submit({ email: wrong.email, password: OWN_PASSWORD });
  expect(wrong.reads).toContain(WORDS.signIn.nl.errors.wrong);

  const { said } = await expectStatusToMatchDatabase(testEnv, wrong.personId);
  expect(said).toMatchObject({ step: 'terms', problem: null });
  const mail = await right.mail();
  expect(temporaryPasswordIn(mail)).not.toBe(temporaryPasswordIn(first));
  await arrives(right, wrong.sent!);
  const done = await expectStatusToMatchDatabase(testEnv, wrong.personId);
  expect(done.row.status).toBe('completed');
  expect(
    (await testEnv.mailbox.mails()).filter(({ recipients }) => recipients.includes(wrong.email)),
  ).toHaveLength(2);
});

it('25: somebody who opens the old link at the moment of the correction has no session afterwards', async () => {
  const wrong = await createInvitedPerson(testEnv, 'terms');
  wrong.cookies.clear();
  await wrong.open(linkIn(await wrong.mail()));
  const lock = await testEnv.db.sql.transaction();
  await lock('person').where({ id: wrong.personId }).forUpdate().select('id');
  const corrected = correct(wrong.personId, someAddress());
  await waitForLock(testEnv);
  const begun = wrong.submit({});
  await waitForLock(testEnv, 2);
  await lock.commit();
  expect((await corrected).status).toBe(200);
  await begun;
  expect(wrong.notice).toBe('unknown');
  expect((await wrong.ask('/onboarding/terms')).status).toBe(401);
});

it('25: the mail to the wrong address is written at the moment of the correction; nobody gets its dead link', async () => {
  await testEnv.stopWorker();
  const [wrong, right] = [new Participant(testEnv), new Participant(testEnv)];
  await wrong.invited();
  const { personId } = wrong;
  await transaction(testEnv.db, async (tx) => {
    await tx.sql.raw('lock table person in access exclusive mode');
    await testEnv.startWorker();
    // It waits for the address.
    await waitForLock(testEnv);
    await correctAddress(tx, { clientId: testEnv.clientId, personId, email: right.email });
  });
  await arrives(right, wrong.sent!);
  expect((await expectStatusToMatchDatabase(testEnv, personId)).row.invitationsSent).toBe(1);
  const mails = (await testEnv.mailbox.mails()).map(({ recipients }) => recipients);
  expect(mails.filter((to) => to.includes(wrong.email) || to.includes(right.email))).toHaveLength(1);
});

it('25: the address was wrong, and was reminded; the right one is reminded from the beginning', async () => {
  const wrong = await createInvitedPerson(testEnv, 'terms');
  const sixDaysAgo = testEnv.db.sql.raw(`now() - interval '6 days'`);
  await testEnv.stopWorker();
  await testEnv.workflow(wrong.onboardingId).terminate();
  await testEnv.db
    .sql('onboarding')
    .where({ id: wrong.onboardingId })
    .update({ remindersCountFrom: sixDaysAgo, progressedAt: sixDaysAgo, lastReminder: 2, remindersSent: 2 });
  const right = new Participant(testEnv);
  await correct(wrong.personId, right.email);
  await testEnv.startWorker();
  await right.mail();
  const { row, said } = await expectStatusToMatchDatabase(testEnv, wrong.personId);
  expect(row.lastReminder).toBe(0);
  const [firstReminder] = testEnv.config.REMIND_AFTER;
  // Within a second, because Temporal and the database use different clocks.
  expect(Date.parse(said.nextReminderAt!)).toBeGreaterThan(
    row.remindersCountFrom.getTime() + firstReminder! - 1_000,
  );
});

it('25: the address was wrong and refused; the problem is gone once it is corrected', async () => {
  const { answer } = await sendMessage(testEnv, { email: `anna.${Date.now()}@refused.example` });
  const { id } = answer.recipient;
  await eventually(async () => (await recipient(testEnv, id)).body.onboarding.problem);
  const right = new Participant(testEnv);
  await correct(id, right.email);
  await right.mail();
  const { said } = await expectStatusToMatchDatabase(testEnv, id);
  expect(said.problem).toBeNull();
  expect((await recipient(testEnv, id)).body.onboarding.problem).toBeUndefined();
});

it('25: the address was wrong and another organisation writes to it, too; that one and its reader notice nothing', async () => {
  const bob = await createInvitedPerson(testEnv, 'sms');
  const theirs = await ofOther(bob.email);
  expect(theirs.recipient.id).toBe(bob.personId);
  const right = new Participant(testEnv);
  const { body } = await correct(bob.personId, right.email);
  expect(body.id).not.toBe(bob.personId);

  await arrives(right, bob.sent!);
  await expectStatusToMatchDatabase(testEnv, body.id);
  expect((await recipient(testEnv, bob.personId)).status).toBe(404);
  expect((await bob.ask('/onboarding/sms')).status).toBe(200);
  await bob.skip();
  await bob.doStep('app');
  await bob.doStep('profile');
  await eventually(async () => {
    await bob.open('/messages');
    return bob.path === '/messages' || undefined;
  });
  expect(bob.page.text).toContain(`/messages/${theirs.id}`);
  expect(bob.page.text).not.toContain(`/messages/${bob.sent!.id}`);
  expect(await bob.ask(`/messages/${bob.sent!.id}`)).toMatchObject({ status: 404 });
  await expectStatusToMatchDatabase(testEnv, bob.personId);
});

it('25: the address was wrong and the right one is known already; the message joins that person, half-way or finished', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  const wrong = await createInvitedPerson(testEnv, 'password');
  const { body } = await correct(wrong.personId, anna.email);
  expect(body).toMatchObject({ id: anna.personId, onboarding: { step: 'sms' } });
  expect((await wrong.ask('/onboarding/password')).status).toBe(401);
  expect((await recipient(testEnv, wrong.personId)).status).toBe(404);
  await anna.skip();
  await anna.doStep('app');
  await anna.doStep('profile');
  await expectStatusToMatchDatabase(testEnv, anna.personId);

  const late = await createInvitedPerson(testEnv, 'password');
  const mails = (await testEnv.mailbox.mails()).filter(({ recipients }) => recipients.includes(anna.email));
  expect((await correct(late.personId, anna.email)).body.id).toBe(anna.personId);
  const notice = await anna.mail(mails.length + 1);
  expect(notice.text).toContain(`/messages/${late.sent!.id}`);
  for (const id of [anna.sent!.id, wrong.sent!.id, late.sent!.id]) {
    await anna.open(`/messages/${id}`);
    expect(anna.reads).toContain('Beste collega, dit is vertrouwelijk.');
  }
});

it('25: the address was wrong; it is corrected twice, or to itself, without harm, and not once the account is open', async () => {
  const wrong = await createInvitedPerson(testEnv, 'password');
  const [second, third] = [someAddress(), new Participant(testEnv)];
  await correct(wrong.personId, second);
  await correct(wrong.personId, third.email);
  // The send must also be recorded.
  await eventually(
    async () =>
      (await expectStatusToMatchDatabase(testEnv, wrong.personId)).row.invitationDue === null || undefined,
  );
  const before = (await expectStatusToMatchDatabase(testEnv, wrong.personId)).row.version;
  expect((await correct(wrong.personId, third.email.toUpperCase())).status).toBe(200);
  expect((await expectStatusToMatchDatabase(testEnv, wrong.personId)).row.version).toBe(before);
  await arrives(third, wrong.sent!);
  await expectStatusToMatchDatabase(testEnv, wrong.personId);
  const refused = await ask<{ title: string }>(testEnv, `PATCH /recipients/${wrong.personId}`, {
    body: { email: someAddress() },
  });
  expect(refused).toMatchObject({ status: 409, body: { title: 'Onboarding already completed' } });
});

it('26: two organisations write to the same person; one onboarding, and neither sees or moves the other’s', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  const theirs = await ofOther(anna.email);
  expect(theirs.recipient.id).toBe(anna.personId);
  expect(await testEnv.db.sql('onboarding').where({ personId: anna.personId })).toHaveLength(1);
  const state = (id: string, apiKey: string) =>
    ask<{ id: string; status: string }>(testEnv, `GET /messages/${id}`, { apiKey });
  expect((await state(theirs.id, testEnv.apiKey)).status).toBe(404);
  expect((await state(anna.sent!.id, other.key)).status).toBe(404);

  await anna.skip();
  await anna.doStep('app');
  await anna.doStep('profile');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await anna.open(`/messages/${anna.sent!.id}`);
  expect((await state(anna.sent!.id, testEnv.apiKey)).body.status).toBe('read');
  expect((await state(theirs.id, other.key)).body.status).toBe('notified');
  expect(await senderEvents(testEnv, anna.personId, testEnv.clientId)).toContain('message.read');
  expect(await senderEvents(testEnv, anna.personId, other.id)).not.toContain('message.read');
  for (const { id } of [{ id: testEnv.clientId }, other])
    expect(await senderEvents(testEnv, anna.personId, id)).toContain('onboarding.completed');
});

it('26: two organisations write to the same person; the name shown is that of the mail that was opened', async () => {
  const anna = await createInvitedPerson(testEnv, 'terms');
  await ofOther(anna.email);
  await anna.open('/onboarding/terms');
  expect(anna.reads).toContain('Gemeente Voorbeeld');
  expect(anna.reads).not.toContain('Provincie Voorbeeld');
  // In the same browser and session, the mail of the other organisation.
  await anna.openLink(linkIn(await anna.mail(2)));
  expect(anna.reads).toContain('Provincie Voorbeeld');
  expect(anna.reads).not.toContain('Gemeente Voorbeeld');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it('26: two organisations write to the same person; one ends its relation, and the other’s onboarding goes on', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  const theirs = await ofOther(anna.email);
  expect((await ask(testEnv, `DELETE /recipients/${anna.personId}`)).status).toBe(204);
  expect((await recipient(testEnv, anna.personId)).status).toBe(404);
  expect((await recipient(testEnv, anna.personId, other.key)).body.onboarding).toMatchObject({ step: 'sms' });
  await anna.skip();
  await anna.doStep('app');
  await anna.doStep('profile');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await anna.open(`/messages/${theirs.id}`);
  expect(anna.reads).toContain('Van de provincie');
  expect(await senderEvents(testEnv, anna.personId, testEnv.clientId)).not.toContain('onboarding.completed');
});

it('26: two organisations write to the same person; a stranger to it finds, invites, corrects and ends nobody', async () => {
  const anna = await createInvitedPerson(testEnv, 'terms');
  const before = (await expectStatusToMatchDatabase(testEnv, anna.personId)).row;
  const path = `/recipients/${anna.personId}` as const;
  const given = { apiKey: other.key };
  const answers = [
    await ask<RecipientSeen>(testEnv, 'POST /recipients/search', { ...given, body: { email: anna.email } }),
    await ask(testEnv, `GET ${path}`, given),
    await ask(testEnv, `POST ${path}/invitation`, given),
    await ask(testEnv, `PATCH ${path}`, { ...given, body: { email: someAddress() } }),
    await ask(testEnv, `DELETE ${path}`, given),
  ];
  for (const answer of answers) expect(answer).toMatchObject({ status: 404, body: { title: 'Not found' } });
  const { row } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect({ ...row, asOf: before.asOf }).toEqual(before);
});
