/** Hostile texts by senders and people in a browser: they remain text, and the page stays as wide as the phone. */
import { afterEach, describe, expect, it } from 'vitest';
import { profile } from '../../db/profiles.ts';
import { browserParticipants } from '../kit/browser.ts';
import type { BrowserParticipant } from '../kit/browserParticipant.ts';
import { OWN_PASSWORD } from '../kit/pages.ts';
import { type Sent, sendMessage } from '../kit/sender.ts';

const { testEnv, somebody } = browserParticipants();

const TEXTS: [string, string][] = [
  ['an image that fails', `"><img src=x onerror="document.title='hit';window.hit=1">`],
  ['a script', '<script>window.hit=1</script>'],
  ['the end of a text field', '</textarea></title><svg onload=window.hit=1>'],
  ['quotes', `"'\`&quot;&#39; ' onfocus='window.hit=1' autofocus x='`],
  ['emoji', '🚲 👩‍👩‍👧 🏳️‍🌈 🇳🇱'],
  ['right-to-left', 'مرحبا abc שלום'],
  ['a very long word', 'Hottentottententententoonstelling'.repeat(2)],
  ['a word without end', 'W'.repeat(90)],
];

/** Nothing ran, no text became an element, and nothing overflows. */
async function isUnharmed({ page }: BrowserParticipant, where: string): Promise<void> {
  const seen = await page.evaluate<{ hit: string; strange: string[]; beyond: number }>(`({
    hit: String(window.hit),
    strange: [...document.querySelectorAll('main img, body script, main svg[onload], [onerror], [onfocus], [onload]')]
      .map((element) => element.outerHTML),
    beyond: document.documentElement.scrollWidth - innerWidth,
  })`);
  expect({ ...seen, where }).toEqual({ hit: 'undefined', strange: [], beyond: 0, where });
}

async function rename(name: string): Promise<void> {
  await testEnv().db.sql('client').where({ id: testEnv().clientId }).update({ name });
}
afterEach(() => rename('Gemeente Voorbeeld'));

async function invitedWith(anna: BrowserParticipant, text: string): Promise<Sent> {
  const body = { from: { name: text }, subject: text, body: `${text}\n${text}` };
  return (await sendMessage(testEnv(), { email: anna.person.email, body })).answer;
}

/** Fills in the profile; the refusal of another field shows it again. */
async function fillProfile(anna: BrowserParticipant, text: string): Promise<void> {
  await anna.fill('Voorletters *', text.slice(0, 30));
  await anna.fill('Voornaam *', text);
  await anna.fill('Tussenvoegsels', text);
  await anna.fill('Achternaam *', '');
  await anna.page.getByLabel('Automatisch antwoorden bij afwezigheid').check();
  await anna.fill('Tekst van het antwoord', `${text}\n${text}`);
  await anna.press('Opslaan');
  await anna.page.getByRole('alert').waitFor();
}

describe.each(TEXTS)('%s', (_what, text) => {
  it('is text on every page of the way, in the profile and in the message', async () => {
    await rename(text);
    const anna = await somebody();
    const sent = await invitedWith(anna, text);
    await anna.openLink();
    await anna.sees(`${text} heeft u een vertrouwelijk bericht gestuurd`);
    await isUnharmed(anna, 'the page of the link');
    await anna.press('Aanmelden');
    await anna.agree();
    await anna.isAt('Wachtwoord wijzigen');
    await isUnharmed(anna, 'the password');
    await anna.choosePassword();
    await anna.skip();
    await anna.registerApp();

    await anna.isAt('Deelnemerinstellingen');
    await fillProfile(anna, text);
    expect(await anna.typed('Voornaam *')).toBe(text);
    expect(await anna.typed('Tussenvoegsels')).toBe(text);
    expect(await anna.typed('Tekst van het antwoord')).toBe(`${text}\n${text}`);
    await isUnharmed(anna, 'the refused profile');
    await anna.fill('Achternaam *', text);
    await anna.press('Opslaan');

    await anna.isAt(text);
    await isUnharmed(anna, 'the message');
    expect(anna.path).toBe(`/messages/${sent.id}`);
    expect(await anna.page.title()).toContain(text);
    expect(await anna.page.locator('.message').textContent()).toBe(`${text}\n${text}`);
    await anna.sees(`Van: ${text}`);
    const kept = await profile(testEnv().db, sent.recipient.id);
    expect(kept).toMatchObject({ firstName: text, prefix: text, lastName: text });
    await anna.page.goto(`${testEnv().url}/messages`);
    await anna.sees(text);
    await isUnharmed(anna, 'the list');
  });
});

it('what a stranger types at the sign-in comes back as text', async () => {
  const anna = await somebody();
  const [[, text]] = TEXTS as [[string, string]];
  await anna.page.goto(`${testEnv().url}/sign-in`);
  // The browser's own address check would stop it.
  await anna.page
    .locator('form')
    .evaluateAll((forms) => forms.map((form) => form.setAttribute('novalidate', '')));
  await anna.fill('E-mailadres', text);
  await anna.fill('Wachtwoord', OWN_PASSWORD);
  await anna.press('Inloggen');
  await anna.page.getByRole('alert').waitFor();
  expect(await anna.typed('E-mailadres')).toBe(text);
  await isUnharmed(anna, 'the sign-in');
});
