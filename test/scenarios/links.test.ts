/** The mail and its link: scanned, lost in the spam folder, old, forwarded. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { extendDeadline } from '../../workflows/signals.ts';
import { allSettled, dump } from '../kit/dump.ts';
import { ask, createInvitedPerson, expectStatusToMatchDatabase, senderEvents } from '../kit/engine.ts';
import { eventually } from '../kit/eventually.ts';
import { linkIn, OWN_PASSWORD, temporaryPasswordIn } from '../kit/pages.ts';
import { Participant } from '../kit/participant.ts';
import { sendMessage } from '../kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';
import { WORDS } from '../kit/words.ts';

const INVITE_EVERY_MS = 1_500;

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { INVITE_EVERY: `${INVITE_EVERY_MS}ms` } });
});
afterAll(() => testEnv.close());

const inviteAgain = (personId: string) =>
  ask<{ temporaryPassword?: string }>(testEnv, `POST /recipients/${personId}/invitation`);
const mailsTo = async ({ email }: Participant) =>
  (await testEnv.mailbox.mails()).filter(({ recipients }) => recipients.includes(email));

it('1: a mail scanner opens the link 50 times and follows what it finds; nothing is used up, no session, mail or SMS', async () => {
  const anna = await createInvitedPerson(testEnv, 'terms');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await allSettled(testEnv);
  const before = await dump(testEnv);
  const link = linkIn(await anna.mail());
  const scanner = new Participant(testEnv);
  for (const method of ['GET', 'HEAD'])
    for (let i = 0; i < 25; i++) {
      const { status, text } = await scanner.ask(link, { method });
      expect(status).toBe(200);
      const found = [...text.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, path]) => path!);
      for (const path of found) await scanner.ask(path);
    }
  expect(scanner.cookies.size).toBe(0);
  // Nothing was written, so nothing can be sent: every mail and SMS starts with a row.
  expect(await dump(testEnv)).toBe(before);
  expect(await mailsTo(anna)).toHaveLength(1);
  expect(testEnv.phone.messages()).toEqual([]);

  await anna.openLink(link);
  await anna.doStep('terms');
  await anna.doStep('password');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it('2: the mail is in the spam folder and is sent again, five times at once; one more comes, and both mails work', async () => {
  const anna = new Participant(testEnv);
  const { recipient } = await anna.invited();
  const first = await anna.mail();
  await Promise.all([1, 2, 3, 4, 5].map(() => inviteAgain(recipient.id)));
  const second = await anna.mail(2);
  expect(second.receivedAt.getTime() - first.receivedAt.getTime()).toBeGreaterThan(INVITE_EVERY_MS * 0.9);
  for (const mail of [first, second]) {
    const browser = new Participant(testEnv, anna.email);
    await browser.openLink(linkIn(mail));
    expect(browser.path).toBe('/onboarding/terms');
  }
  const { said } = await expectStatusToMatchDatabase(testEnv, recipient.id);
  expect(said.invitationsSent).toBe(2);
  expect(
    (await senderEvents(testEnv, recipient.id)).filter((type) => type === 'onboarding.invited'),
  ).toHaveLength(2);
});

it('3: the older of three mails is opened; its link works, with the temporary password of any', async () => {
  const anna = new Participant(testEnv);
  const { answer } = await sendMessage(testEnv, { email: anna.email, body: { temporaryPassword: 'sender' } });
  const first = await anna.mail();
  const second = (await inviteAgain(answer.recipient.id)).body.temporaryPassword!;
  await anna.mail(2);
  const third = (await inviteAgain(answer.recipient.id)).body.temporaryPassword!;
  await anna.mail(3);
  expect(new Set([answer.temporaryPassword, second, third]).size).toBe(3);

  await anna.openLink(linkIn(first));
  await anna.acceptTerms();
  await anna.choosePassword(second);
  expect(anna.path).toBe('/onboarding/sms');
  await expectStatusToMatchDatabase(testEnv, answer.recipient.id);
});

it('4: the link is opened after it expired; said at once, and one button brings a fresh mail to the same address', async () => {
  const anna = await createInvitedPerson(testEnv, 'password');
  const first = await anna.mail();
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  const longAgo = testEnv.db.sql.raw(`now() - interval '15 days'`);
  await testEnv.db
    .sql('onboarding')
    .where({ id: anna.onboardingId })
    .update({ progressedAt: longAgo, requestedAt: longAgo });

  const phone = anna.elsewhere();
  await phone.open(linkIn(first));
  expect(phone.reads).toContain(WORDS.link.nl.expired);
  expect(phone.page.text).not.toContain('<input type="text"');
  expect(phone.page.text.match(/class="primary"/g)).toHaveLength(1);
  await phone.submit({}, `${linkIn(first)}/renew`);
  expect(phone.notice).toBe('renewed');
  const fresh = await anna.mail(2);
  expect(fresh.recipients).toEqual([anna.email]);
  await phone.openLink(linkIn(fresh));
  expect(phone.path).toBe('/onboarding/password');
  await phone.choosePassword(temporaryPasswordIn(fresh));
  expect(phone.path).toBe('/onboarding/sms');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it('4: it expired before the temporary password was used that the sender passed on; after a fresh mail that one works', async () => {
  const anna = new Participant(testEnv);
  const { temporaryPassword } = await anna.invited({ temporaryPassword: 'sender' });
  const first = await anna.mail();
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await testEnv
    .workflow(anna.onboardingId)
    .signal(extendDeadline, { days: -14, by: 'j.de.vries', reason: 'left' });
  await eventually(async () => (await anna.row()).status === 'expired' || undefined);
  await anna.submit({}, `${linkIn(first)}/renew`);
  await anna.openLink(linkIn(await anna.mail(2)));
  await anna.doStep('terms');
  await anna.choosePassword(temporaryPassword!);
  expect(anna.path).toBe('/onboarding/sms');
});

it('5: the link is opened after the account is ready; sign in, then the message', async () => {
  const anna = await createInvitedPerson(testEnv, 'finished');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await anna.longAfter();
  const laptop = anna.elsewhere();
  await laptop.open(linkIn(await anna.mail()));
  expect(laptop.reads).toContain(WORDS.link.nl.finished);
  expect(laptop.page.text).toContain('href="/sign-in"');
  await laptop.signIn('app');
  expect(laptop.path).toBe('/messages');
  await laptop.open(`/messages/${anna.sent!.id}`);
  expect(laptop.reads).toContain('Beste collega, dit is vertrouwelijk.');
});

it('6: the mail was forwarded before the password step; nobody without the temporary password gets further', async () => {
  const anna = new Participant(testEnv);
  const { answer } = await sendMessage(testEnv, { email: anna.email, body: { temporaryPassword: 'sender' } });
  const other = new Participant(testEnv);
  await other.openLink(linkIn(await anna.mail()));
  await other.acceptTerms();
  await other.choosePassword('acdf-gh34-acdf-gh34');
  expect([other.page.status, other.path]).toEqual([422, '/onboarding/password']);
  for (const path of ['/onboarding/sms', '/onboarding/profile', '/onboarding/finished'])
    expect((await other.ask(path)).location).toBe('/onboarding/password');
  const { said } = await expectStatusToMatchDatabase(testEnv, answer.recipient.id);
  expect(said.facts.passwordChanged).toBe(false);
});

it.each([
  ['sms', undefined],
  ['profile', 'app'],
  ['profile', 'sms'],
] as const)(
  '6: the mail was forwarded after the password step (at %s, with %s); the link alone opens nothing',
  async (place, factor) => {
    const anna = await createInvitedPerson(testEnv, place, factor);
    await expectStatusToMatchDatabase(testEnv, anna.personId);
    await allSettled(testEnv);
    const other: Participant = anna.elsewhere();
    await other.openLink(linkIn(await anna.mail()));
    expect(other.path).toBe('/onboarding/continue');
    const facts = await dump(testEnv, ['session', 'audit']);
    const told = await anna.events();
    const paths = ['terms', 'password', 'sms', 'sms/code', 'app', 'profile', 'finished'];
    for (const path of paths.map((one) => `/onboarding/${one}`)) {
      expect((await other.ask(path)).status).toBe(303);
      await other.post(path, { action: 'skip', firstName: 'X', initials: 'X', lastName: 'X', accept: 'yes' });
    }
    expect((await other.ask(`/messages/${anna.sent!.id}`)).location).toBe('/sign-in');
    await other.submit({ password: 'een ander wachtwoord' });
    expect(other.reads).toContain(WORDS.ownPassword.nl.errors.wrong);
    expect(await dump(testEnv, ['session', 'audit'])).toBe(facts);
    expect(await anna.events()).toEqual([...told, 'password.refused']);

    // With the password but without the factor: nothing either.
    await other.submit({ password: OWN_PASSWORD });
    if (factor) expect((await other.ask('/onboarding/profile')).location).toBe('/onboarding/continue');
    await expectStatusToMatchDatabase(testEnv, anna.personId);
  },
);
