/** From the mail to the message without ever touching mouse or screen. */
import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import { tokenOf } from '../../tools/tryout/authenticator.ts';
import { browserParticipants } from '../kit/browser.ts';
import { OWN_PASSWORD, temporaryPasswordIn } from '../kit/pages.ts';
import { WORDS } from '../kit/words.ts';

const { somebody } = browserParticipants();

/** More tab stops than any page has. */
const MOST_TABS = 40;

async function tabTo(wanted: Locator): Promise<void> {
  await wanted.waitFor();
  const isThere = () => wanted.evaluate((element) => element === element.ownerDocument.activeElement);
  for (let tabs = 0; !(await isThere()); tabs++) {
    if (tabs === MOST_TABS) throw new Error(`Tab does not lead to ${wanted}`);
    await wanted.page().keyboard.press('Tab');
  }
}

it('the keyboard alone is enough', async () => {
  const anna = await somebody();
  const { page } = anna;
  const { keyboard } = page;
  const tabToButton = (name: string) => tabTo(page.getByRole('button', { name, exact: true }));
  const type = async (label: string, text: string) => {
    await tabTo(page.getByLabel(label, { exact: true }));
    await keyboard.type(text);
  };

  const { id } = await anna.invited();
  await anna.openLink();
  await tabToButton('Aanmelden');
  await keyboard.press('Enter');
  await tabToButton('Akkoord');
  await keyboard.press('Space');
  await type('Huidig wachtwoord *', temporaryPasswordIn(await anna.person.mail()));
  await type('Nieuw wachtwoord *', OWN_PASSWORD);
  await type('Nogmaals nieuw wachtwoord *', OWN_PASSWORD);
  await keyboard.press('Enter');
  await anna.sees('Stap 3 van 5');
  await tabToButton('Overslaan');
  await keyboard.press('Enter');
  await anna.sees('Stap 4 van 5');
  await type('Token', tokenOf(await anna.secret()));
  await keyboard.press('Enter');
  await anna.isAt('Deelnemerinstellingen');
  await tabTo(page.getByLabel('Onbekend', { exact: true }));
  await keyboard.press('ArrowDown');
  await keyboard.press('ArrowDown');
  expect(await page.getByLabel('Vrouw', { exact: true }).isChecked()).toBe(true);
  await type('Voorletters *', 'A.');
  await type('Voornaam *', 'Anna');
  await type('Achternaam *', 'Jansen');
  await keyboard.press('Enter');
  await anna.isAt('Uw aanstelling');
  expect(anna.path).toBe(`/messages/${id}`);
});

it('mistakes, explanations, help with an SMS and both factors, too', async () => {
  const anna = await somebody({ locale: 'en' });
  const { page } = anna;
  const { keyboard } = page;
  const focused = page.locator(':focus');
  const pressOn = async (wanted: Locator, key = 'Enter') => {
    await tabTo(wanted);
    await keyboard.press(key);
  };
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const type = async (label: string, text: string) => {
    await tabTo(page.getByLabel(label, { exact: true }));
    await keyboard.type(text);
  };

  await anna.invited();
  await anna.openLink();
  // The first stop of every page skips its header.
  await keyboard.press('Tab');
  expect(await focused.innerText()).toBe('Skip to main content');
  await keyboard.press('Enter');
  await keyboard.press('Tab');
  expect(await focused.innerText()).toBe('Sign up');
  await keyboard.press('Enter');
  await pressOn(button('I agree'));

  await anna.isAt('Change password');
  await pressOn(page.getByText('Requirements for the password'));
  await anna.sees('At least 12 characters, at most 128.');
  await type('New password *', 'welcome');
  await keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  await keyboard.press('Tab');
  expect(await focused.innerText()).toBe('Enter the temporary password that you were given.');
  await keyboard.press('Enter');
  await keyboard.type(temporaryPasswordIn(await anna.person.mail()));
  await type('New password *', OWN_PASSWORD);
  await pressOn(button('Show New password'), 'Space');
  expect(await page.getByLabel('New password *', { exact: true }).getAttribute('type')).toBe('text');
  await type('New password again *', OWN_PASSWORD);
  await keyboard.press('Enter');

  await anna.isAt('Better protection for confidential data');
  await pressOn(page.getByText('More explanation here'), 'Space');
  await anna.sees('How do I get such an app?');
  // The provider refuses this number.
  await type('Mobile number', anna.phone.replace(/\d{4}$/, '0001'));
  await keyboard.press('Enter');
  await anna.isAt('This number cannot receive SMS');
  await pressOn(page.getByRole('link', { name: 'Change number' }).first());
  await type('Mobile number', anna.phone);
  await keyboard.press('Enter');
  await anna.isAt('Enter the code from the SMS');
  await type('Confirmation code', await anna.person.code(anna.phone));
  await keyboard.press('Enter');

  await anna.sees(WORDS.app.en.how);
  await type('Token', tokenOf(await anna.secret()));
  await pressOn(button('Register authenticator app'), 'Space');
  await anna.isAt('Participant settings');
  await type('Initials *', 'A.');
  await type('First name *', 'Anna');
  await type('Surname *', 'Jansen');
  await tabTo(page.getByLabel('Reply automatically when absent'));
  await keyboard.press('Space');
  await type('Text of the reply', 'I am away.');
  await pressOn(button('Save'));
  await anna.isAt('Uw aanstelling');
  await pressOn(button('Sign out'));
  await anna.isAt('Sign in');
});
