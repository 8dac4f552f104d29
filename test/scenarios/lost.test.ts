/** The phone is lost, there is none, or the invitation was meant for somebody else: people who need help. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifiedPhone } from '../../db/smsCodes.ts';
import { askFactorReset } from '../../workflows/signals.ts';
import {
  createInvitedPerson,
  detailsSay,
  expectStatusToMatchDatabase,
  filtered,
  recipient,
  senderEvents,
} from '../kit/engine.ts';
import { noticeIn, OWN_PASSWORD } from '../kit/pages.ts';
import { Participant } from '../kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';
import { WORDS } from '../kit/words.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment();
});
afterAll(() => testEnv.close());

/** On another device, having lost the phone; sender and operator know. */
async function askedForHelp(factor: 'sms' | 'app') {
  const anna = await createInvitedPerson(testEnv, 'profile', factor);
  await anna.longAfter();
  const tablet = anna.elsewhere();
  await tablet.openLink();
  await tablet.submit({ password: OWN_PASSWORD });
  expect(tablet.path).toBe(`/onboarding/continue/${factor}`);
  await tablet.open('/onboarding/help');
  await tablet.submit({ reason: 'lost-phone' });
  expect(tablet.notice).toBe('helpAsked');
  return { anna, tablet };
}

/** The link in the mail that the operator's signal causes. */
async function resetLink(anna: Participant): Promise<string> {
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await testEnv
    .workflow(anna.onboardingId)
    .signal(askFactorReset, { by: 'j.de.vries', reason: 'lost-phone' });
  const mail = await anna.mail(2);
  expect(mail.subject).toBe('Gemeente Voorbeeld: u vroeg om hulp met uw telefoon of app');
  return new URL(/https?:\/\/\S+\/reset\/\S+/.exec(mail.text)![0]).pathname;
}

it('11: the phone is lost; the sender and the operator see it', async () => {
  const { anna } = await askedForHelp('app');
  const { said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect(said.problem).toBe('help-asked');
  expect((await recipient(testEnv, anna.personId)).body.onboarding.problem).toBe('help-asked');
  expect(await senderEvents(testEnv, anna.personId)).toContain('onboarding.help_asked');
  await filtered(testEnv, anna.onboardingId, { OnboardingProblem: 'help-asked', OnboardingStep: 'profile' });
  await detailsSay(testEnv, anna.onboardingId, 'Contact the person through the sender.');
});

it.each(['sms', 'app'] as const)(
  '11: the phone with %s is lost; a reset needs the mail and the password, then a new factor is set up',
  async (factor) => {
    const { anna, tablet } = await askedForHelp(factor);
    const link = await resetLink(anna);
    await detailsSay(testEnv, anna.onboardingId, 'the person gets a mail');
    expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said.facts[`${factor}Verified`]).toBe(
      true,
    );

    await tablet.openLink(link);
    expect(tablet.path).toBe('/reset/factor');
    await tablet.submit({ password: OWN_PASSWORD });
    expect(tablet.path).toBe('/onboarding/sms');
    const { said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
    expect(said).toMatchObject({ step: 'sms', problem: null });
    expect(said.facts).toMatchObject({ passwordChanged: true, smsVerified: false, appVerified: false });
    expect(await verifiedPhone(testEnv.db, anna.personId)).toBeUndefined();

    const lost = tablet.appKey;
    await tablet.readKey();
    expect(tablet.appKey).not.toBe(lost);
    await tablet.skip();
    await tablet.doStep('app');
    expect(tablet.path).toBe('/onboarding/profile');
    await expectStatusToMatchDatabase(testEnv, anna.personId);
  },
);

it('11: the phone is lost; the mail without the password, or the password without the mail, resets nothing', async () => {
  const { anna, tablet } = await askedForHelp('app');
  const thief = new Participant(testEnv);
  await thief.openLink(await resetLink(anna));
  await thief.submit({ password: 'een geraden wachtwoord' });
  expect(thief.page.status).toBe(422);
  expect(thief.reads).toContain(WORDS.ownPassword.nl.errors.wrong);
  expect((await thief.ask('/onboarding/sms')).location).toBe('/onboarding/continue');
  expect(await tablet.ask('/reset/factor')).toMatchObject({ status: 200 });
  expect(noticeIn((await tablet.ask('/reset/factor')).text)).toBe('oldReset');
  expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said.facts.appVerified).toBe(true);
});

it('11: the phone is lost before there was a factor; an operator’s reset is refused in words', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await testEnv
    .workflow(anna.onboardingId)
    .signal(askFactorReset, { by: 'j.de.vries', reason: 'person-called' });
  await detailsSay(testEnv, anna.onboardingId, 'askFactorReset was refused: there is no second factor yet');
});

it('11: an operator’s reset goes by what is true, also when the engine was not told of the factor yet', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  const row = testEnv.db.sql('onboarding').where({ id: anna.onboardingId });
  await row.update({ smsVerifiedAt: testEnv.db.sql.fn.now() });
  await testEnv
    .workflow(anna.onboardingId)
    .signal(askFactorReset, { by: 'j.de.vries', reason: 'person-called' });
  expect((await anna.mail(2)).text).toMatch(/\/reset\//);
});

it('12: no mobile phone and no app; the sender is told, the operator sees help-asked, and no skip leads in a circle', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await anna.skip();
  await anna.skip();
  expect(anna.reads).toContain(WORDS.app.nl.errors['no-way-left']);
  expect(anna.reads).toContain('Hebt u geen mobiele telefoon? Kies dan onderaan "Dit lukt mij niet"');
  expect(anna.page.text).toContain('href="/onboarding/help"');
  await anna.open('/onboarding/help');
  await anna.submit({ reason: 'no-phone' });
  expect(anna.notice).toBe('helpAsked');

  const { said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect(said).toMatchObject({ step: 'app', problem: 'help-asked' });
  await filtered(testEnv, anna.onboardingId, { OnboardingProblem: 'help-asked' });
  expect((await recipient(testEnv, anna.personId)).body.onboarding.problem).toBe('help-asked');
  const event = (await testEnv.db
    .sql('event')
    .where({ personId: anna.personId, type: 'onboarding.help_asked' })
    .first())!;
  expect(event.data).toEqual({ reason: 'no-phone' });

  // A phone was found after all, so nobody has to do anything.
  await anna.open('/onboarding/sms');
  await anna.doStep('sms');
  await anna.doStep('smsCode');
  expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said).toMatchObject({
    step: 'app',
    problem: null,
  });
});

it('13: "this is not me"; the invitation stops, the sender is told, the message stays unread', async () => {
  const anna = new Participant(testEnv);
  const sent = await anna.invited();
  await anna.mail();
  const link = await anna.link();
  await anna.openLink(`${link}/not-me`);
  await anna.submit({ sure: 'yes' });
  expect(anna.notice).toBe('stopped');

  const { said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect(said).toMatchObject({ problem: 'not-me', nextReminderAt: null });
  await filtered(testEnv, anna.onboardingId, { OnboardingProblem: 'not-me' });
  await detailsSay(testEnv, anna.onboardingId, 'no more reminders');
  expect((await recipient(testEnv, anna.personId)).body.onboarding.problem).toBe('not-me');
  expect(await senderEvents(testEnv, anna.personId)).toContain('onboarding.not_me');
  const message = await testEnv.db.sql('message').where({ id: sent.id }).first();
  expect(message).toMatchObject({ releasedAt: null, readAt: null });
});

it('11: the phone is lost and the mail address refuses, too; the operator reads that no mail left', async () => {
  const anna = await new Participant(testEnv, `anna.${Date.now()}@refused.example`).to('profile');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await testEnv
    .workflow(anna.onboardingId)
    .signal(askFactorReset, { by: 'j.de.vries', reason: 'person-called' });
  await detailsSay(testEnv, anna.onboardingId, 'askFactorReset: the mail could not be sent');
});
