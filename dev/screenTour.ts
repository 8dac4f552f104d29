/** A walk past every page that a person can meet, in the order in which they meet them. */
import type { Browser, Page } from 'playwright-core';
import { token } from './authenticator.ts';
import { type Language, linkIn, OWN_PASSWORD, ScreenPerson, temporaryPasswordIn } from './screenPerson.ts';
import type { World } from './world.ts';

const LONG_AGO = '20 days';

export type Group = 'setting up' | 'signing in' | 'other ways';

export type Shot = { group: Group; name: string; caption: string };

export type Shoot = (page: Page, shot: Shot) => Promise<void>;

export type Tour = { world: World; browser: Browser; language: Language; shoot: Shoot };

/** Two people a language: one goes all the way, one meets what can come between. */
const PEOPLE = {
  nl: { email: 'anna@example.com', phone: '+31612345678', other: 'bram@example.com' },
  en: { email: 'john@example.com', phone: '+31687654321', other: 'mary@example.com' },
};

export async function tour(given: Tour): Promise<void> {
  const { email, other } = PEOPLE[given.language];
  const come = (email: string) => ScreenPerson.come(given.browser, { ...given, email });
  const anna = await come(email);
  const link = await settingUp(anna, given);
  await signingIn(anna, given, link);
  await anna.leave();
  const bram = await come(other);
  const elsewhere = await come(other);
  await otherWays({ bram, elsewhere }, given);
  await bram.leave();
  await elsewhere.leave();
}

/** From the mail to the message. Returns the link in the mail. */
async function settingUp(anna: ScreenPerson, { world, language, shoot }: Tour): Promise<string> {
  const { page } = anna;
  const { phone } = PEOPLE[language];
  const shot = (name: string, caption: string) => shoot(page, { group: 'setting up', name, caption });
  const mail = await anna.invited();
  await anna.goto(linkIn(mail));
  await shot('link', 'The link in the mail');
  await anna.submit();

  await anna.at('/onboarding/terms');
  await shot('terms', 'Step 1: the terms of use');
  await anna.press('accept', 'no');
  await anna.at('/onboarding/terms/declined');
  await shot('terms-declined', 'Step 1: not agreeing');
  await anna.goto('/onboarding/terms');
  await anna.press('accept', 'yes');

  await anna.at('/onboarding/password');
  await shot('password', 'Step 2: an own password');
  await anna.fill({ currentPassword: 'abcd-efgh', newPassword: 'welkom', newPasswordAgain: 'welkom1' });
  await shot('password-typing', 'Step 2: hints while typing');
  await anna.submit();
  await anna.rejected();
  await shot('password-error', 'Step 2, rejected: all that is wrong is said at once');
  await anna.choosePassword(temporaryPasswordIn(mail));

  await anna.at('/onboarding/sms');
  await shot('sms', 'Step 3: the mobile number');
  await anna.press('action', 'skip');
  await anna.at('/onboarding/app');
  await anna.press('action', 'skip');
  await anna.rejected();
  await shot('app-error', 'Step 4: both cannot be skipped');
  await anna.goto('/onboarding/sms');
  await anna.fill({ phone });
  await anna.press('action', 'send');
  await anna.at('/onboarding/sms/code');
  const code = await anna.code(phone);
  await page.reload();
  await shot('code', 'Step 3: the code from the SMS');
  await anna.fill({ code });
  await anna.press('action', 'confirm');

  await anna.at('/onboarding/app');
  await shot('app', 'Step 4: the authenticator app');
  await anna.fill({ token: token(await anna.secret()) });
  await anna.press('action', 'register');

  await anna.at('/onboarding/profile');
  await shot('profile', 'Step 5: the profile');
  await page.locator('[name="autoReply"]').check();
  await anna.fill({ firstName: 'Anna' });
  await anna.submit();
  await anna.rejected();
  await shot('profile-error', 'Step 5, rejected: what was typed is kept');
  await page.locator('[name="autoReply"]').uncheck();
  await anna.fill({ initials: 'A.', lastName: 'Jansen' });
  await world.stopWorker();
  await anna.submit();
  await anna.at('/onboarding/finished');
  await shot('finished', 'Everything is saved; the account is being opened');
  await world.startWorker();
  await page.waitForURL('**/messages/*');
  await shot('message', 'The message');
  return linkIn(mail);
}

/** Later: reading, signing in, a forgotten password. */
async function signingIn(anna: ScreenPerson, { shoot }: Tour, link: string): Promise<void> {
  const { page, email } = anna;
  const shot = (name: string, caption: string) => shoot(page, { group: 'signing in', name, caption });
  await anna.invited();
  await anna.goto('/messages');
  await shot('messages', 'All messages');
  await page.locator('form[action="/sign-out"] button').click();
  await anna.at('/sign-in');
  await shot('sign-in', 'Signing in later');
  await anna.fill({ email, password: 'geen idee meer' });
  await anna.submit();
  await anna.rejected();
  await shot('sign-in-error', 'Signing in with a wrong password');
  await anna.fill({ email, password: OWN_PASSWORD });
  await anna.submit();
  await page.waitForURL('**/sign-in/*');
  await page.locator('[name="code"], [name="token"]').first().waitFor();
  await shot('sign-in-factor', 'Signing in: the second step');
  await anna.goto(link);
  await shot('link-finished', 'The link in the mail, once everything is set up');
  await anna.goto('/forgot-password');
  await shot('forgotten', 'The password is forgotten');
  const [last] = await anna.world.mailbox.mails();
  await anna.fill({ email });
  await anna.submit();
  const reset = linkIn(await anna.mailAfter(last), 'reset');
  await page.locator('main form').waitFor({ state: 'detached' });
  await shot('forgotten-sent', 'The password is forgotten: look in your e-mail');
  await anna.goto(reset);
  await shot('reset-link', 'The link in the mail for a new password');
  await anna.goto(`${reset}x`);
  await shot('reset-old', 'A link for a new password that does not work any more');
}

type Others = { bram: ScreenPerson; elsewhere: ScreenPerson };

/** What others meet: coming back on another device, asking for help, not the right person, too late. */
async function otherWays({ bram, elsewhere }: Others, { world, shoot }: Tour): Promise<void> {
  const shot = ({ page }: ScreenPerson, name: string, caption: string) =>
    shoot(page, { group: 'other ways', name, caption });
  const mail = await bram.invited();
  const link = linkIn(mail);
  await elsewhere.goto(`${link}/not-me`);
  await shot(elsewhere, 'not-me', 'This is not me');
  await bram.goto(link);
  await bram.submit();
  await bram.at('/onboarding/terms');
  await bram.press('accept', 'yes');
  await bram.at('/onboarding/password');
  await bram.choosePassword(temporaryPasswordIn(mail));
  await bram.at('/onboarding/sms');
  await bram.goto('/onboarding/help');
  await shot(bram, 'help', "I can't do this");
  await bram.page.locator('[name="reason"][value="no-phone"]').check();
  await bram.submit();
  await bram.at('/onboarding/help/asked');
  await shot(bram, 'help-asked', 'Help was asked for');

  await elsewhere.goto('/onboarding/sms');
  await shot(elsewhere, 'no-session', 'A page of the onboarding without a session');
  await elsewhere.goto(link);
  await elsewhere.submit();
  await elsewhere.at('/onboarding/continue');
  await shot(elsewhere, 'continue', 'Going on, on another device');
  await elsewhere.goto(`${link}x`);
  await shot(elsewhere, 'link-unknown', 'A link that was not copied completely');
  await elsewhere.goto('/nowhere');
  await shot(elsewhere, 'not-found', 'A page that is not there');
  await elsewhere.goto(elsewhere.language === 'nl' ? '/echt' : '/genuine');
  await shot(elsewhere, 'genuine', 'Is this mail genuine?');

  const longAgo = world.db.sql.raw(`now() - interval '${LONG_AGO}'`);
  await world.db
    .sql('onboarding')
    .where({ status: 'open' })
    .update({ progressedAt: longAgo, wantedAt: longAgo });
  await elsewhere.goto(link);
  await shot(elsewhere, 'link-expired', 'The link in the mail, too late');
}
