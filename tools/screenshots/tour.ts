/** Visits every page that a person can meet, in the order in which they meet them. */
import type { Browser, Page } from 'playwright-core';
import { resetLinkFor } from '../../db/resetLinks.ts';
import type { Locale } from '../../domain/locale.ts';
import { BrowserParticipant } from '../../test/kit/browserParticipant.ts';
import type { TestEnvironment } from '../../test/kit/environment.ts';
import { SOON_MS } from '../../test/kit/eventually.ts';
import { fieldsOf, linkIn, temporaryPasswordIn } from '../../test/kit/pages.ts';
import { SAMPLES } from '../local/sample.ts';
import { tokenOf } from '../tryout/authenticator.ts';
import type { Mail } from '../tryout/mailbox.ts';

const LONG_AGO = '20 days';
const TOKEN_LIVES_MS = 30_000;

export type Group = 'setting up' | 'signing in' | 'other ways';

export type Shot = { group: Group; name: string; caption: string };

export type Shoot = (page: Page, shot: Shot) => Promise<void>;

export type Tour = { testEnv: TestEnvironment; browser: Browser; language: Locale; shoot: Shoot };

/** Three people per language: one goes all the way, one meets what can come between, one is not the intended person. */
const PEOPLE = {
  nl: {
    anna: { email: 'anna@example.com', phone: '+31612345678' },
    bram: { email: 'bram@example.com', phone: '+31611223344' },
    carla: { email: 'carla@example.com' },
  },
  en: {
    anna: { email: 'john@example.com', phone: '+31687654321' },
    bram: { email: 'mary@example.com', phone: '+31644332211' },
    carla: { email: 'peter@example.com' },
  },
};

export async function tour(given: Tour): Promise<void> {
  const people = PEOPLE[given.language];
  const come = ({ email }: { email: string }) =>
    BrowserParticipant.come(given.browser, { testEnv: given.testEnv, locale: given.language, email });
  const anna = await come(people.anna);
  await signingIn(anna, given, await settingUp(anna, given));
  await anna.leave();
  const carla = await come(people.carla);
  await notMeant(carla, given);
  await carla.leave();
  const bram = await come(people.bram);
  const elsewhere = await come(people.bram);
  const link = await goingOn({ bram, elsewhere }, given);
  await tooLate({ bram, elsewhere }, given, link);
  await bram.leave();
  await elsewhere.leave();
}

/** Sends a message to this person. Returns the mail that announces it. */
async function mailOfMessage(participant: BrowserParticipant): Promise<Mail> {
  const { sender, subject, body } = SAMPLES[participant.locale];
  const mails = await participant.person.mails();
  await participant.invited({ from: { name: sender }, subject, body });
  return participant.person.mail(mails.length + 1);
}

/** The code, once its receipt has arrived, because the page shows the state of the SMS. */
async function deliveredCode({ person, testEnv }: BrowserParticipant, phone: string): Promise<string> {
  await testEnv.phone.waitFor(({ to, status }) => to === phone && status === 'delivered', SOON_MS);
  return person.code(phone);
}

/** What a person keeps from setting up: the mail with the link, and the key in the app. */
type Kept = { link: string; secret: string };

/** From the mail to the message. */
async function settingUp(anna: BrowserParticipant, { testEnv, language, shoot }: Tour): Promise<Kept> {
  const { page } = anna;
  const { phone } = PEOPLE[language].anna;
  const shot = (name: string, caption: string) => shoot(page, { group: 'setting up', name, caption });
  const mail = await mailOfMessage(anna);
  await anna.goto(linkIn(mail));
  await shot('link', 'The link in the mail');
  await anna.submit();

  await anna.at('/onboarding/terms');
  await shot('terms', 'Step 1: the terms of use');
  await anna.answer({ accept: 'no' });
  await anna.at('/onboarding/terms/declined');
  await shot('terms-declined', 'Step 1: not agreeing');
  await anna.goto('/onboarding/terms');
  await anna.answer(fieldsOf.terms());

  await anna.at('/onboarding/password');
  await shot('password', 'Step 2: a password of their own');
  await anna.enter({ currentPassword: 'abcd-efgh', newPassword: 'welkom', newPasswordAgain: 'welkom1' });
  await shot('password-typing', 'Step 2: hints while typing');
  await anna.submit();
  await anna.rejected();
  await shot('password-error', 'Step 2, rejected: every error at once');
  await anna.answer(fieldsOf.password(temporaryPasswordIn(mail)));

  await anna.at('/onboarding/sms');
  await shot('sms', 'Step 3: the mobile number');
  await anna.answer(fieldsOf.skip());
  await anna.at('/onboarding/app');
  await anna.answer(fieldsOf.skip());
  await anna.rejected();
  await shot('app-error', 'Step 4: both cannot be skipped');
  await anna.goto('/onboarding/sms');
  await anna.answer(fieldsOf.sms(phone));
  await anna.at('/onboarding/sms/code');
  const code = await deliveredCode(anna, phone);
  await page.reload();
  await shot('code', 'Step 3: the code from the SMS');
  await anna.answer(fieldsOf.smsCode(code.replace(/\d/g, (digit) => String(9 - Number(digit)))));
  await anna.rejected();
  await shot('code-error', 'Step 3: a wrong code');
  await anna.answer(fieldsOf.smsCode(code));

  await anna.at('/onboarding/app');
  await shot('app', 'Step 4: the authenticator app');
  const secret = await anna.secret();
  await anna.answer(fieldsOf.app(tokenOf(secret)));

  await anna.at('/onboarding/profile');
  await shot('profile', 'Step 5: the profile');
  await page.locator('[name="autoReply"]').check();
  await anna.enter({ firstName: 'Anna' });
  await anna.submit();
  await anna.rejected();
  await shot('profile-error', 'Step 5, rejected: what was typed is kept');
  await page.locator('[name="autoReply"]').uncheck();
  await anna.enter({ initials: 'A.', lastName: 'Jansen' });
  await testEnv.stopWorker();
  await anna.submit();
  await anna.at('/onboarding/finished');
  await shot('finished', 'Everything is saved; the account is being opened');
  await testEnv.startWorker();
  await page.waitForURL('**/messages/*');
  await shot('message', 'The message');
  return { link: linkIn(mail), secret };
}

/** Later: reading, signing in, a forgotten password. */
async function signingIn(anna: BrowserParticipant, { testEnv, shoot }: Tour, kept: Kept): Promise<void> {
  const { page, person } = anna;
  const { email } = person;
  const shot = (name: string, caption: string) => shoot(page, { group: 'signing in', name, caption });
  await mailOfMessage(anna);
  await anna.goto('/messages');
  await shot('messages', 'All messages');
  const tab = await page.context().newPage();
  await tab.clock.install();
  await tab.goto(page.url());
  await tab.clock.fastForward('26:00');
  await tab.getByRole('dialog').waitFor();
  await shoot(tab, { group: 'signing in', name: 'session-ends', caption: 'The session is about to end' });
  await tab.close();
  await testEnv.db.sql('terms_acceptance').update({ version: 'older' });
  await page.reload();
  await anna.at('/terms');
  await shot('terms-newer', 'The terms have changed');
  await anna.answer({ accept: 'no' });
  await anna.answered();
  await shot('terms-newer-declined', 'The terms have changed: not agreeing');
  await anna.goto('/terms');
  await anna.answer(fieldsOf.terms());
  await anna.at('/messages');
  await page.locator('form[action="/sign-out"] button').click();
  await anna.at('/sign-in');
  await shot('sign-in', 'Signing in later');
  await anna.answer(fieldsOf.signIn(email, 'geen idee meer'));
  await anna.rejected();
  await shot('sign-in-error', 'Signing in with a wrong password');
  await anna.answer(fieldsOf.signIn(email));
  await page.waitForURL('**/sign-in/*');
  await page.locator('[name="code"], [name="token"]').first().waitFor();
  await shot('sign-in-factor', 'Signing in: the second step');
  await anna.goto(kept.link);
  await shot('link-finished', 'The link in the mail, once everything is set up');
  await anna.goto('/forgot-password');
  await shot('forgotten', 'The password is forgotten');
  const mails = await person.mails();
  await anna.answer({ email });
  const reset = linkIn(await person.mail(mails.length + 1), 'reset');
  await anna.answered();
  await shot('forgotten-sent', 'The password is forgotten: look in your e-mail');
  await anna.goto(reset);
  await shot('reset-link', 'The link in the mail for a new password');
  await anna.submit();
  await anna.at('/reset/prove/app');
  await anna.answer(fieldsOf.token(tokenOf(kept.secret, Date.now() + TOKEN_LIVES_MS)));
  await anna.at('/reset/password');
  await shot('reset-password', 'A new password, once the second step is proven');
  await anna.goto(`${reset}x`);
  await shot('reset-old', 'A link for a new password that no longer works');
}

const others =
  ({ shoot }: Tour) =>
  ({ page }: BrowserParticipant, name: string, caption: string) =>
    shoot(page, { group: 'other ways', name, caption });

/** A person who got a mail that was meant for somebody else. */
async function notMeant(carla: BrowserParticipant, given: Tour): Promise<void> {
  const shot = others(given);
  await carla.goto(`${linkIn(await mailOfMessage(carla))}/not-me`);
  await shot(carla, 'not-me', 'This is not me');
  await carla.submit();
  const sure = carla.page.locator('button[name="sure"][value="yes"]');
  await sure.waitFor();
  await shot(carla, 'not-me-sure', 'This is not me: asked once more');
  await sure.click();
  await carla.answered();
  await shot(carla, 'not-me-done', 'This is not me: nothing more is sent');
}

type Others = { bram: BrowserParticipant; elsewhere: BrowserParticipant };

/** Asking for help, and resuming on another device. Returns the link in the mail. */
async function goingOn({ bram, elsewhere }: Others, given: Tour): Promise<string> {
  const shot = others(given);
  const { phone } = PEOPLE[given.language].bram;
  const mail = await mailOfMessage(bram);
  const link = linkIn(mail);
  await bram.goto(link);
  await bram.submit();
  await bram.at('/onboarding/terms');
  await bram.answer(fieldsOf.terms());
  await bram.at('/onboarding/password');
  await bram.answer(fieldsOf.password(temporaryPasswordIn(mail)));
  await bram.at('/onboarding/sms');
  await bram.goto('/onboarding/help');
  await shot(bram, 'help', "I can't do this");
  await bram.answer(fieldsOf.help('no-phone'));
  await bram.at('/onboarding/help/asked');
  await shot(bram, 'help-asked', 'Help was asked for');
  await bram.goto('/onboarding/sms');
  await bram.answer(fieldsOf.sms(phone));
  await bram.at('/onboarding/sms/code');
  await bram.answer(fieldsOf.smsCode(await deliveredCode(bram, phone)));
  await bram.at('/onboarding/app');
  await bram.answer(fieldsOf.app(tokenOf(await bram.secret())));
  await bram.at('/onboarding/profile');

  await elsewhere.goto('/onboarding/sms');
  await shot(elsewhere, 'no-session', 'A page of the onboarding without a session');
  await elsewhere.goto(link);
  await elsewhere.submit();
  await elsewhere.at('/onboarding/continue');
  await shot(elsewhere, 'continue', 'Going on, on another device');
  await elsewhere.answer(fieldsOf.ownPassword());
  await elsewhere.at('/onboarding/continue/app');
  await shot(elsewhere, 'continue-app', 'Going on: the second step, from the app');
  await elsewhere.answer(fieldsOf.resend());
  await elsewhere.at('/onboarding/continue/sms');
  // The status box of the SMS has stopped asking.
  await elsewhere.page.locator('#delivery [hx-get]').waitFor({ state: 'detached' });
  await shot(elsewhere, 'continue-sms', 'Going on: the second step, by SMS');
  await elsewhere.goto(`${link}x`);
  await shot(elsewhere, 'link-unknown', 'A link that was not copied completely');
  await elsewhere.goto('/nowhere');
  await shot(elsewhere, 'not-found', 'A page that is not there');
  await elsewhere.goto(elsewhere.locale === 'nl' ? '/echt' : '/genuine');
  await shot(elsewhere, 'genuine', 'Is this e-mail genuine?');
  return link;
}

/** A lost phone, and what a person meets who is too late. */
async function tooLate({ bram, elsewhere }: Others, given: Tour, link: string): Promise<void> {
  const { db } = given.testEnv;
  const shot = others(given);
  const row = await db.sql('onboarding').where({ status: 'open' }).orderBy('id', 'desc').first();
  const { id: sendKey, personId, clientId } = row!;
  const reset = await resetLinkFor(db, { personId, clientId, purpose: 'factor', sendKey });
  await elsewhere.goto(`/reset/${db.secrets.linkToken(reset, 'reset')}`);
  await shot(elsewhere, 'reset-factor-link', 'The phone is lost: the link in the mail');
  await elsewhere.submit();
  await elsewhere.at('/reset/factor');
  await shot(elsewhere, 'reset-factor', 'The phone is lost: the page asks for the password');

  const become = (changed: object) => db.sql('onboarding').where({ personId }).update(changed);
  const longAgo = db.sql.raw(`now() - interval '${LONG_AGO}'`);
  await become({ progressedAt: longAgo, requestedAt: longAgo });
  await elsewhere.goto(link);
  await shot(elsewhere, 'link-expired', 'The link in the mail, too late');
  await elsewhere.submit();
  await elsewhere.answered();
  await shot(elsewhere, 'link-renewed', 'A new invitation is on its way');
  await become({ status: 'expired' });
  await bram.page.reload();
  await shot(bram, 'expired', 'The invitation expired half-way');
  await become({ status: 'cancelled' });
  await elsewhere.goto(link);
  await shot(elsewhere, 'link-cancelled', 'The invitation was withdrawn');
}
