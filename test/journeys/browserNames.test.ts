/**
 * What a screen reader finds on each page, in order; and what a phone's keyboard, code autofill and password managers
 * need. Written out in full, so that a change of a name, role or order is noticed.
 */
import { expect, it } from 'vitest';
import { violations } from '../kit/access.ts';
import { browserParticipants } from '../kit/browser.ts';
import type { BrowserParticipant } from '../kit/browserParticipant.ts';
import { OWN_PASSWORD } from '../kit/pages.ts';
import { WORDS } from '../kit/words.ts';

const { testEnv, somebody } = browserParticipants();

/** Roles and names of what can be reached in the main part, and of its headings. */
async function outline({ page }: BrowserParticipant): Promise<string> {
  const tree = await page.getByRole('main').ariaSnapshot();
  return (
    tree
      .split('\n')
      .map((line) => line.trim().replace(/^- /, ''))
      .filter((line) =>
        /^(heading|textbox|button|link|radio|checkbox|group|alert|status|img|region)\b/.test(line),
      )
      // Leaves out typed values; keeps the text of expanded parts.
      .map((line) => (line.startsWith('group:') ? line : line.replace(/:.*$/, '')))
      .join('\n')
  );
}

/** The attributes that browsers, phones and password managers use. */
const fields = ({ page }: BrowserParticipant): Promise<string> =>
  page.evaluate<string>(`
    [...document.querySelectorAll('main input:not([type="hidden"], [type="radio"], [type="checkbox"])')].map((field) =>
      [field.name, field.type, field.autocomplete, field.inputMode, field.readOnly && 'read-only'].filter(Boolean).join(' ')).join('\\n')`);

async function isWell(anna: BrowserParticipant): Promise<void> {
  expect(await violations(anna.page)).toEqual([]);
}

it('reads in order from the link to the message, in English, and each field says what it is for', async () => {
  const anna = await somebody({ locale: 'en' });
  await anna.invited();
  await anna.openLink();
  expect(await outline(anna)).toMatchInlineSnapshot(`
    "status
    heading "A confidential message is waiting for you" [level=1]
    button "Sign up"
    link "This is not me""
  `);
  await isWell(anna);
  await anna.press('Sign up');
  await anna.isAt(WORDS.terms.en.title);
  expect(await outline(anna)).toMatchInlineSnapshot(`
    "status
    heading "Terms of use" [level=1]
    region "Terms of use"
    heading "What you use Instap for" [level=2]
    heading "What we ask of you" [level=2]
    heading "What we do with your data" [level=2]
    heading "If something is not right" [level=2]
    button "I agree"
    button "I do not agree""
  `);
  await isWell(anna);
  await anna.agree();

  await anna.isAt('Change password');
  expect(await outline(anna)).toMatchInlineSnapshot(`
    "status
    heading "Change password" [level=1]
    textbox "Current password"
    button "Show Current password"
    group: Where do I find the temporary password?
    textbox "User name"
    textbox "New password"
    button "Show New password"
    group: Requirements for the password
    textbox "New password again"
    button "Show New password again"
    button "Save new password""
  `);
  expect(await fields(anna)).toMatchInlineSnapshot(`
    "currentPassword password off
    username text username read-only
    newPassword password new-password
    newPasswordAgain password new-password"
  `);
  await isWell(anna);
  await anna.choosePassword();

  await anna.isAt('Better protection for confidential data');
  expect(await outline(anna)).toMatchInlineSnapshot(`
    "status
    heading "Better protection for confidential data" [level=1]
    group: More explanation here
    textbox "Mobile number"
    group: Help
    button "Send confirmation SMS"
    button "Skip""
  `);
  expect(await fields(anna)).toMatchInlineSnapshot(`"phone tel tel tel"`);
  await isWell(anna);
  await anna.askCode();
  await anna.sees(/^The SMS has arrived on your phone\./);
  expect(await outline(anna)).toMatchInlineSnapshot(`
    "status
    heading "Enter the code from the SMS" [level=1]
    link "Change number"
    status
    textbox "Confirmation code"
    group: Help
    button "Confirm"
    group: No SMS received"
  `);
  expect(await fields(anna)).toMatchInlineSnapshot(`"code text one-time-code numeric"`);
  await isWell(anna);
  await anna.confirmCode();

  await anna.sees(WORDS.app.en.how);
  expect(await outline(anna)).toMatchInlineSnapshot(`
    "status
    heading "Better protection for confidential data" [level=1]
    group: How to set up the app
    link "Open in the app on this phone"
    button "Copy"
    group: Show the QR code
    textbox "Token"
    group: Help
    button "Register authenticator app"
    button "Skip"
    group: More explanation here"
  `);
  expect(await fields(anna)).toMatchInlineSnapshot(`"token text one-time-code numeric"`);
  expect(
    await anna.page.getByRole('link', { name: 'Open in the app on this phone' }).getAttribute('href'),
  ).toMatch(/^otpauth:\/\/totp\/Instap:.+\?secret=[A-Z2-7]{32}&/);
  await isWell(anna);
  await anna.registerApp();

  await anna.isAt('Participant settings');
  await anna.press('Save');
  await anna.page.getByRole('alert').waitFor();
  expect(await outline(anna)).toMatchInlineSnapshot(`
    "status
    alert
    heading "There is a problem" [level=2]
    link "Enter your initials, for example J.E."
    link "Enter your first name."
    link "Enter your surname."
    heading "Participant settings" [level=1]
    group "Gender"
    radio "Unknown" [checked]
    radio "Man"
    radio "Woman"
    radio "Other"
    textbox "Initials" [invalid]
    textbox "First name" [invalid]
    textbox "Surname prefix"
    textbox "Surname" [invalid]
    group "Absence"
    checkbox "Reply automatically when absent"
    button "Save""
  `);
  expect(await fields(anna)).toMatchInlineSnapshot(`
    "initials text
    firstName text given-name
    prefix text
    lastName text family-name
    autoReplyFrom date
    autoReplyUntil date"
  `);
  await isWell(anna);
  await anna.saveProfile();
  await anna.isAt('Uw aanstelling');
  expect(await outline(anna)).toMatchInlineSnapshot(`
    "status
    link "All messages"
    heading "Uw aanstelling" [level=1]
    region "How to read your next message"
    heading "How to read your next message" [level=2]"
  `);
  await isWell(anna);
});

it('so do the pages beside the way: signing in, a forgotten password, going on elsewhere', async () => {
  const anna = await somebody();
  await anna.toSecondFactor();
  await anna.askCode();
  await anna.confirmCode();
  await anna.sees('Stap 4 van 5');
  await anna.sees('Uw nummer is bevestigd, dus u kunt verder.');
  await anna.page.context().clearCookies();
  await anna.openLink();
  await anna.press('Aanmelden');
  await anna.isAt('Ga verder waar u was');
  expect(await outline(anna)).toMatchInlineSnapshot(`
    "status
    heading "Ga verder waar u was" [level=1]
    textbox "Gebruikersnaam"
    textbox "Uw eigen wachtwoord"
    button "Tonen Uw eigen wachtwoord"
    button "Verder"
    button "Wachtwoord vergeten? Laat een e-mail sturen""
  `);
  expect(await fields(anna)).toMatchInlineSnapshot(`
    "username text username read-only
    password password current-password"
  `);
  await isWell(anna);
  await anna.fill('Uw eigen wachtwoord *', OWN_PASSWORD);
  await anna.press('Verder');
  await anna.isAt(WORDS.smsCode.nl.prove.title);
  await anna.sees(/^Opnieuw sturen kan over \d+ seconden\.$/);
  await anna.press('Bevestigen');
  await anna.page.getByRole('alert').waitFor();
  expect(await outline(anna)).toMatchInlineSnapshot(`
    "status
    alert
    heading "Dit is nog niet gelukt" [level=2]
    link "Vul de code uit de SMS in."
    heading "Code per SMS" [level=1]
    status
    textbox "Code uit de SMS" [invalid]
    button "Bevestigen"
    button "De SMS opnieuw sturen""
  `);
  expect(await fields(anna)).toMatchInlineSnapshot(`"code text one-time-code numeric"`);
  await isWell(anna);

  await anna.page.goto(`${testEnv().url}/sign-in`);
  expect(await outline(anna)).toMatchInlineSnapshot(`
    "status
    heading "Inloggen" [level=1]
    textbox "E-mailadres"
    textbox "Wachtwoord"
    button "Tonen Wachtwoord"
    button "Inloggen"
    link "Wachtwoord vergeten?""
  `);
  expect(await fields(anna)).toMatchInlineSnapshot(`
    "email email username email
    password password current-password"
  `);
  await anna.press('Inloggen');
  await anna.page.getByRole('alert').waitFor();
  await isWell(anna);
  await anna.page.getByRole('link', { name: 'Wachtwoord vergeten?' }).click();
  await anna.isAt('Wachtwoord vergeten');
  await anna.press('E-mail versturen');
  await anna.page.getByRole('alert').waitFor();
  expect(await outline(anna)).toMatchInlineSnapshot(`
    "status
    alert
    heading "Dit is nog niet gelukt" [level=2]
    link "Vul uw hele e-mailadres in, bijvoorbeeld naam@voorbeeld.nl."
    heading "Wachtwoord vergeten" [level=1]
    textbox "E-mailadres" [invalid]
    button "E-mail versturen""
  `);
  await isWell(anna);
  await anna.fill('E-mailadres', anna.person.email);
  await anna.press('E-mail versturen');
  await anna.shows('resetSent');
  await isWell(anna);
  const mail = await anna.person.mail(2);
  await anna.page.goto(/https?:\/\/\S+\/reset\/\S+/.exec(mail.text)![0]);
  await anna.isAt('Kies een nieuw wachtwoord');
  await isWell(anna);
});

it('nothing on a page moves once it is shown', async () => {
  const anna = await somebody();
  await anna.toSecondFactor();
  for (const path of ['/onboarding/sms', '/onboarding/app', '/onboarding/help', '/sign-in', '/nowhere']) {
    await anna.page.goto(testEnv().url + path, { waitUntil: 'networkidle' });
    const moved = await anna.page.evaluate<number>(`new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => { for (const { value } of list.getEntries()) sum += value; })
        .observe({ type: 'layout-shift', buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
    })`);
    expect([path, moved]).toEqual([path, 0]);
  }
  anna.complaints.splice(0);
});
