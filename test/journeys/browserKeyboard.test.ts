/** From the mail to the message without ever touching mouse or screen. */
import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import { visitors } from '../setup/browser.ts';
import { OWN_PASSWORD, temporaryPasswordIn, tokenOf } from '../setup/person.ts';

const { somebody } = visitors();

/** More than any page has places to stop at. */
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
