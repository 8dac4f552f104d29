/** A person who switches to the other language half-way continues where they stopped typing. */
import { expect, it } from 'vitest';
import { tokenOf } from '../../tools/tryout/authenticator.ts';
import { browserParticipants } from '../kit/browser.ts';
import type { BrowserParticipant } from '../kit/browserParticipant.ts';
import { OWN_PASSWORD } from '../kit/pages.ts';
import { sendMessage } from '../kit/sender.ts';
import { WORDS } from '../kit/words.ts';

const { testEnv, somebody } = browserParticipants();

/** The other language. Its page is there once its heading is. */
async function switchTo(
  anna: BrowserParticipant,
  language: 'English' | 'Nederlands',
  heading: string,
): Promise<void> {
  await anna.press(language);
  await anna.isAt(heading);
}

const isChosen = ({ page }: BrowserParticipant, label: string) =>
  page.getByLabel(label, { exact: true }).isChecked();

/** At the password step, with half of it typed. */
async function typingPassword(anna: BrowserParticipant): Promise<void> {
  await anna.signUp();
  await anna.agree();
  await anna.isAt('Wachtwoord wijzigen');
  await anna.fill('Huidig wachtwoord *', 'abcd-efgh');
  await anna.fill('Nieuw wachtwoord *', 'vier blauw');
}

it('a half-typed password stays, there and back, and its hints follow in the new language', async () => {
  const anna = await somebody();
  await typingPassword(anna);
  await anna.page.getByRole('button', { name: 'Tonen Nieuw wachtwoord' }).click();
  await switchTo(anna, 'English', 'Change password');
  expect(await anna.typed('Current password *')).toBe('abcd-efgh');
  expect(await anna.typed('New password *')).toBe('vier blauw');
  expect(await anna.typed('New password again *')).toBe('');
  expect(await anna.typed('User name')).toBe(anna.person.email);
  await anna.sees('Too short. Characters still needed: 2.');

  await anna.fill('New password again *', OWN_PASSWORD);
  await switchTo(anna, 'Nederlands', 'Wachtwoord wijzigen');
  expect(await anna.typed('Nieuw wachtwoord *')).toBe('vier blauw');
  expect(await anna.typed('Nogmaals nieuw wachtwoord *')).toBe(OWN_PASSWORD);
  await anna.sees(WORDS.newPassword.nl.live.different);
  expect(await anna.page.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
});

it('half a profile stays, there and back, also once it was refused, and can then be saved', async () => {
  const anna = await somebody();
  await anna.toSecondFactor();
  await anna.skip();
  await anna.fill('Token', tokenOf(await anna.secret()));
  await switchTo(anna, 'English', 'Better protection for confidential data');
  await anna.press('Register authenticator app');
  await anna.isAt('Participant settings');
  await switchTo(anna, 'Nederlands', 'Deelnemerinstellingen');
  expect(await isChosen(anna, 'Onbekend')).toBe(true);

  await anna.page.getByLabel('Anders', { exact: true }).check();
  await anna.fill('Voorletters *', 'J.E.');
  await anna.page.getByLabel('Automatisch antwoorden bij afwezigheid').check();
  await anna.fill('Tekst van het antwoord', 'Ik ben er even niet.');
  await anna.fill('Van (niet verplicht)', '2026-12-24');
  await switchTo(anna, 'English', 'Participant settings');
  expect(await isChosen(anna, 'Other')).toBe(true);
  expect(await anna.typed('Initials *')).toBe('J.E.');
  // It is shown only where the box above it is ticked.
  await anna.page.getByLabel('Text of the reply').waitFor();
  expect(await anna.typed('Text of the reply')).toBe('Ik ben er even niet.');
  expect(await anna.typed('From (optional)')).toBe('2026-12-24');

  await anna.press('Save');
  await anna.page.getByRole('alert').waitFor();
  await anna.page.getByLabel('Reply automatically when absent').uncheck();
  await anna.fill('First name *', 'Jan');
  await switchTo(anna, 'Nederlands', 'Deelnemerinstellingen');
  expect(await isChosen(anna, 'Anders')).toBe(true);
  expect(await isChosen(anna, 'Automatisch antwoorden bij afwezigheid')).toBe(false);
  expect(await anna.typed('Voorletters *')).toBe('J.E.');
  expect(await anna.typed('Voornaam *')).toBe('Jan');
  await switchTo(anna, 'English', 'Participant settings');
  await anna.fill('Surname *', 'Jansen');
  await anna.press('Save');
  await anna.isAt('Uw aanstelling');
});

it("what the sender filled in stays the sender's, unless the person wrote something else", async () => {
  const anna = await somebody();
  const { email } = anna.person;
  const { answer } = await sendMessage(testEnv(), { email, body: { to: { email, mobile: '06 1234 5678' } } });
  await anna.openLink();
  await anna.press('Aanmelden');
  await anna.agree();
  await anna.choosePassword();
  await expect.poll(() => anna.typed('Mobiel telefoonnummer')).toBe('+31 6 12345678');
  const { id: personId } = answer.recipient;
  await testEnv().db.sql('onboarding').where({ personId }).update({ offeredPhone: null });
  await switchTo(anna, 'English', 'Better protection for confidential data');
  expect(await anna.typed('Mobile number')).toBe('');
  await anna.fill('Mobile number', '06 8765');
  await switchTo(anna, 'Nederlands', 'Een betere beveiliging voor vertrouwelijke gegevens');
  expect(await anna.typed('Mobiel telefoonnummer')).toBe('06 8765');
});

it("goes into nobody else's page: another person began in this browser meanwhile", async () => {
  const anna = await somebody();
  await typingPassword(anna);
  const bram = await somebody();
  await bram.invited();
  const tab = await anna.page.context().newPage();
  await bram.openLink();
  await tab.goto(bram.page.url());
  await tab.getByRole('button', { name: 'Aanmelden' }).click();
  await tab.getByRole('button', { name: 'Akkoord', exact: true }).click();
  await tab.getByRole('heading', { level: 1, name: 'Wachtwoord wijzigen' }).waitFor();

  await switchTo(anna, 'English', 'Change password');
  expect(await anna.typed('User name')).toBe(bram.person.email);
  expect(await anna.typed('Current password *')).toBe('');
  expect(await anna.typed('New password *')).toBe('');
});
