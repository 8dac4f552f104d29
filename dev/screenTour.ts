/** A walk past every page that a person can meet, in the order in which they meet them. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { token } from './authenticator.ts';
import { SAMPLE, sendSample } from './sample.ts';
import type { World } from './world.ts';

const PASSWORD = 'vier blauwe fietsen 88';
const SOON_MS = 15_000;
const LONG_AGO = '20 days';

export type Shoot = (page: Page, name: string, caption: string) => Promise<void>;

export type Tour = { world: World; browser: Browser; shoot: Shoot };

export async function tour(given: Tour): Promise<void> {
  await journey(given);
  await otherWays(given);
}

const person = (browser: Browser): Promise<BrowserContext> => browser.newContext({ locale: 'nl-NL' });

async function invite(world: World, email: string): Promise<void> {
  const answer = await sendSample({ ...SAMPLE, email }, { publicUrl: world.url, apiKey: world.apiKey });
  if (!answer.accepted) throw new Error(answer.text);
}

async function mailTo(world: World, email: string) {
  const mail = await world.mailbox.waitFor(({ recipients }) => recipients.includes(email), SOON_MS);
  if (!mail?.html) throw new Error(`no mail came for ${email}`);
  const link = /https?:\/\/\S+\/i\/\S+/.exec(mail.text)?.[0] ?? '';
  const temporaryPassword = /Tijdelijk wachtwoord: (\S+)/.exec(mail.text)?.[1] ?? '';
  return { html: mail.html, link, temporaryPassword };
}

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
const fill = (page: Page, label: string, value: string) =>
  page.getByLabel(label, { exact: true }).fill(value);
const isAt = (page: Page, heading: string) =>
  page.getByRole('heading', { level: 1, name: heading }).waitFor({ timeout: SOON_MS });

async function choosePassword(page: Page, current: string): Promise<void> {
  await fill(page, 'Huidig wachtwoord *', current);
  await fill(page, 'Nieuw wachtwoord *', PASSWORD);
  await fill(page, 'Nogmaals nieuw wachtwoord *', PASSWORD);
  await press(page, 'Wachtwoord wijziging opslaan');
}

/** From the mail to the message, and signing in later. */
async function journey({ world, browser, shoot }: Tour): Promise<void> {
  const email = SAMPLE.email;
  await invite(world, email);
  const mail = await mailTo(world, email);
  const context = await person(browser);
  const page = await context.newPage();
  await page.setContent(mail.html);
  await shoot(page, 'mail', 'The invitation');
  await page.getByRole('link', { name: 'Aanmelden' }).click();
  await isAt(page, 'Er staat een vertrouwelijk bericht voor u klaar');
  await shoot(page, 'link', 'The link in the mail');
  await press(page, 'Aanmelden');

  await isAt(page, 'Gebruiksvoorwaarden');
  await shoot(page, 'terms', 'Step 1: the terms of use');
  await press(page, 'Ik ga niet akkoord');
  await isAt(page, 'U bent niet akkoord');
  await shoot(page, 'terms-declined', 'Not agreeing');
  await page.getByRole('link', { name: 'Terug naar de voorwaarden' }).click();
  await press(page, 'Akkoord');

  await isAt(page, 'Wachtwoord wijzigen');
  await shoot(page, 'password', 'Step 2: an own password');
  await fill(page, 'Huidig wachtwoord *', 'abcd-efgh');
  await fill(page, 'Nieuw wachtwoord *', 'welkom');
  await fill(page, 'Nogmaals nieuw wachtwoord *', 'welkom1');
  await shoot(page, 'password-typing', 'Step 2: hints while typing');
  await press(page, 'Wachtwoord wijziging opslaan');
  await page.getByRole('alert').waitFor();
  await shoot(page, 'password-error', 'Step 2, rejected: all that is wrong is said at once');
  await choosePassword(page, mail.temporaryPassword);

  await isAt(page, 'Een betere beveiliging voor vertrouwelijke gegevens');
  await shoot(page, 'sms', 'Step 3: the mobile number');
  const smsPage = page.url();
  await press(page, 'Overslaan');
  await page.getByText('Zo stelt u de app in').waitFor();
  await press(page, 'Overslaan');
  await page.getByRole('alert').waitFor();
  await shoot(page, 'app-error', 'Step 4: both cannot be skipped');
  await page.goto(smsPage);
  await fill(page, 'Mobiel telefoonnummer', '06 12345678');
  await press(page, 'Bevestigings-SMS versturen');
  await page.getByText('De SMS is op uw telefoon aangekomen').waitFor();
  await shoot(page, 'code', 'Step 3: the code from the SMS');
  const sms = await world.phone.waitFor(({ to }) => to === '+31612345678', SOON_MS);
  await fill(page, 'Bevestigingscode', /\d{6}/.exec(sms?.body ?? '')?.[0] ?? '');
  await press(page, 'Doorvoeren');

  await page.getByText('Zo stelt u de app in').waitFor();
  await shoot(page, 'app', 'Step 4: the authenticator app');
  const secret = (await page.locator('#secret').innerText()).replace(/\s/g, '');
  await fill(page, 'Token', token(secret));
  await press(page, 'Authenticatie-app registreren');

  await isAt(page, 'Deelnemerinstellingen');
  await shoot(page, 'profile', 'Step 5: the profile');
  await page.getByLabel('Automatisch antwoorden bij afwezigheid').check();
  await fill(page, 'Voornaam *', 'Anna');
  await press(page, 'Opslaan');
  await page.getByRole('alert').waitFor();
  await shoot(page, 'profile-error', 'Step 5, rejected: what was typed is kept');
  await page.getByLabel('Automatisch antwoorden bij afwezigheid').uncheck();
  await fill(page, 'Voorletters *', 'A.');
  await fill(page, 'Achternaam *', 'Jansen');
  await world.stopWorker();
  await press(page, 'Opslaan');
  await isAt(page, 'Alles is opgeslagen');
  await shoot(page, 'finished', 'Everything is saved; the account is being opened');
  await world.startWorker();
  await isAt(page, SAMPLE.subject);
  await shoot(page, 'message', 'The message');

  const [opened] = await world.mailbox.mails();
  await invite(world, email);
  await world.mailbox.waitFor(({ id }) => id > (opened?.id ?? ''), SOON_MS);
  await page.goto(`${world.url}/messages`);
  await shoot(page, 'messages', 'All messages');
  await press(page, 'Uitloggen');
  await isAt(page, 'Inloggen');
  await shoot(page, 'sign-in', 'Signing in later');
  await fill(page, 'E-mailadres', email);
  await fill(page, 'Wachtwoord', PASSWORD);
  await press(page, 'Inloggen');
  await page.getByRole('button', { name: 'Bevestigen' }).waitFor();
  await shoot(page, 'sign-in-factor', 'Signing in later: the second step');
  await page.goto(mail.link);
  await shoot(page, 'link-finished', 'The link in the mail, once everything is set up');
  await context.close();
}

/** What others meet: coming back on another device, asking for help, not the right person, too late. */
async function otherWays({ world, browser, shoot }: Tour): Promise<void> {
  const email = 'bram@example.com';
  await invite(world, email);
  const { link, temporaryPassword } = await mailTo(world, email);
  const atHome = await person(browser);
  const home = await atHome.newPage();
  await home.goto(link);
  await press(home, 'Aanmelden');
  await press(home, 'Akkoord');
  await choosePassword(home, temporaryPassword);
  await isAt(home, 'Een betere beveiliging voor vertrouwelijke gegevens');
  await home.goto(`${world.url}/onboarding/help`);
  await shoot(home, 'help', "I can't do this");
  await home.getByLabel('Ik heb geen mobiele telefoon').check();
  await press(home, 'Hulp vragen');
  await isAt(home, 'Dank u, we hebben het doorgegeven');
  await shoot(home, 'help-asked', 'Help was asked for');
  await atHome.close();

  const elsewhere = await person(browser);
  const page = await elsewhere.newPage();
  await page.goto(`${world.url}/onboarding/sms`);
  await shoot(page, 'no-session', 'A page of the onboarding without a session');
  await page.goto(link);
  await press(page, 'Aanmelden');
  await isAt(page, 'Ga verder waar u was');
  await shoot(page, 'continue', 'Going on, on another device');
  await page.goto(`${link}/not-me`);
  await shoot(page, 'not-me', 'This is not me');
  await page.goto(`${link}x`);
  await shoot(page, 'link-unknown', 'A link that was not copied completely');
  const longAgo = world.db.sql.raw(`now() - interval '${LONG_AGO}'`);
  await world.db
    .sql('onboarding')
    .where({ status: 'open' })
    .update({ progressedAt: longAgo, wantedAt: longAgo });
  await page.goto(link);
  await shoot(page, 'link-expired', 'The link in the mail, too late');
  await elsewhere.close();
}
