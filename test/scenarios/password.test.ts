/** The person forgets their password before finishing. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { passwordResetWorkflowId } from '../../workflows/signals.ts';
import { dump } from '../kit/dump.ts';
import { createInvitedPerson, expectStatusToMatchDatabase } from '../kit/engine.ts';
import { OWN_PASSWORD } from '../kit/pages.ts';
import { Participant } from '../kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';

const NEW_PASSWORD = 'zeven rode tulpen 31';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment();
});
afterAll(() => testEnv.close());

/** Anna on another device, having forgotten her password; returns the mailed link. */
async function forgot(place: 'sms' | 'profile', factor: 'sms' | 'app' = 'app') {
  const anna = await createInvitedPerson(testEnv, place, factor);
  await anna.longAfter();
  const tablet = anna.elsewhere();
  await tablet.openLink();
  expect(tablet.path).toBe('/onboarding/continue');
  expect(tablet.reads).toContain('Wachtwoord vergeten?');
  await tablet.submit({}, '/onboarding/continue/forgotten');
  expect(tablet.notice).toBe('resetSent');
  const mail = await anna.mail(2);
  expect(mail.subject).toBe('Gemeente Voorbeeld: u vroeg om een nieuw wachtwoord');
  return { anna, tablet, link: new URL(/https?:\/\/\S+\/reset\/\S+/.exec(mail.text)![0]).pathname };
}

const linksOf = ({ personId }: Participant) =>
  testEnv.db.sql('reset_link').where({ personId }).orderBy('createdAt');

const choose = (person: Participant) =>
  person.submit({ newPassword: NEW_PASSWORD, newPasswordAgain: NEW_PASSWORD });

it('10: the password is forgotten; a mail reopens only the password step, and nothing else is lost', async () => {
  const { anna, tablet, link } = await forgot('sms');
  const before = await anna.row();
  await tablet.openLink(link);
  expect(tablet.path).toBe('/reset/password');
  await choose(tablet);
  expect(tablet.path).toBe('/onboarding/sms');
  expect((await anna.row()).termsAcceptedAt).toEqual(before.termsAcceptedAt);

  const again = anna.elsewhere();
  await again.openLink();
  await again.submit({ password: OWN_PASSWORD });
  expect([again.page.status, again.path]).toEqual([422, '/onboarding/continue']);
  await again.submit({ password: NEW_PASSWORD });
  expect(again.path).toBe('/onboarding/sms');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it('10: the password is forgotten; the factor that is set up stays, is asked for first, and the way goes on', async () => {
  for (const factor of ['sms', 'app'] as const) {
    const { anna, tablet, link } = await forgot('profile', factor);
    await tablet.openLink(link);
    expect(tablet.path).toBe(`/reset/prove/${factor}`);
    if (factor === 'sms') {
      await tablet.submit({ action: 'resend' });
      await tablet.enterCode(await tablet.smsCode('reset'));
    } else await tablet.submit({ token: await tablet.token() });
    expect(tablet.path).toBe('/reset/password');
    await choose(tablet);
    expect(tablet.path).toBe('/onboarding/profile');
    const { said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
    expect(said.facts).toMatchObject({ passwordChanged: true, [`${factor}Verified`]: true });
  }
});

it('10: the password is forgotten; opening the mail’s link changes nothing, 50 times over', async () => {
  const { anna, link } = await forgot('profile');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  const before = await dump(testEnv, ['outbox']);
  const scanner = new Participant(testEnv);
  for (const method of ['GET', 'HEAD'])
    for (let i = 0; i < 25; i++) expect((await scanner.ask(link, { method })).status).toBe(200);
  expect(await dump(testEnv, ['outbox'])).toBe(before);
  expect(scanner.session).toBeUndefined();
});

it('10: the password is forgotten; somebody with that link but not the factor gets nothing', async () => {
  const { anna, link } = await forgot('profile');
  const thief = new Participant(testEnv);
  await thief.openLink(link);
  expect(thief.path).toBe('/reset/prove/app');
  await thief.submit({ token: '000000' });
  expect(thief.page.status).toBe(422);
  const fields = { newPassword: NEW_PASSWORD, newPasswordAgain: NEW_PASSWORD };
  expect(await thief.post('/reset/password', fields)).toMatchObject({ location: '/reset/password' });
  for (const path of ['/onboarding/profile', '/onboarding/app', '/onboarding/sms'])
    expect(await thief.ask(path)).toMatchObject({ status: 303, location: '/onboarding/continue' });

  const phone = anna.elsewhere();
  await phone.openLink();
  await phone.submit({ password: OWN_PASSWORD });
  expect(phone.path).toBe('/onboarding/continue/app');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it('10: the password is forgotten; the link works once, ends every other session, and says when it is used', async () => {
  const { anna, tablet, link } = await forgot('sms');
  await tablet.openLink(link);
  await choose(tablet);
  expect((await anna.ask('/onboarding/sms')).status).toBe(401);
  const late = anna.elsewhere();
  await late.open(link);
  expect(late.notice).toBe('oldReset');
  expect(await late.post(link, {})).toMatchObject({ status: 200 });
  expect(late.session).toBeUndefined();
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it('10: the password is forgotten while the worker is away; the mail comes when it is back, and nothing stays', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await testEnv.stopWorker();
  const laptop = anna.elsewhere();
  await laptop.open('/forgot-password');
  await laptop.submit({ email: anna.email });
  expect(laptop.notice).toBe('resetSent');
  expect(await linksOf(anna)).toEqual([]);
  await testEnv.startWorker();
  const mail = await anna.mail(2);
  expect(mail.subject).toBe('Gemeente Voorbeeld: u vroeg om een nieuw wachtwoord');
  expect(await testEnv.db.sql('password_request')).toEqual([]);
});

it('10: the password is forgotten, said again before the first mail has left; the newest leaves alone', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await testEnv.stopWorker();
  const tablet = anna.elsewhere();
  await tablet.openLink();
  await tablet.post('/onboarding/continue/forgotten', {});
  const createdAt = testEnv.db.sql.raw(`now() - interval '1 hour'`);
  await testEnv.db.sql('reset_link').where({ personId: anna.personId }).update({ createdAt });
  await tablet.post('/onboarding/continue/forgotten', {});
  await testEnv.startWorker();
  const links = await linksOf(anna);
  expect(links).toHaveLength(2);
  for (const { id } of links) await testEnv.engine.workflow.result(passwordResetWorkflowId(id));
  const mails = (await testEnv.mailbox.mails()).filter(({ recipients }) => recipients.includes(anna.email));
  expect(mails).toHaveLength(2); // The invitation before.
  expect((await anna.mail(2)).text).toContain(testEnv.db.secrets.linkToken(links[1]!, 'reset'));
});
