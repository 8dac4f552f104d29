/** What a page does under a person's hands: refusals, impatience, going back, languages, the keyboard. */
import { describe, expect, it } from 'vitest';
import { type Visitor, visitors } from '../setup/browser.ts';
import { OWN_PASSWORD, temporaryPasswordIn, tokenOf } from '../setup/person.ts';

const { world, somebody } = visitors();

const focused = (anna: Visitor) => anna.page.locator(':focus');
const valueOf = (anna: Visitor, label: string) => anna.page.getByLabel(label, { exact: true }).inputValue();

/** Leaves a mark on an element, so that it can be seen whether it was replaced since. */
const mark = (anna: Visitor, element: 'html' | 'main') =>
  anna.page.locator(element).evaluate((marked) => marked.setAttribute('data-mark', ''));

async function goBack(anna: Visitor): Promise<void> {
  await mark(anna, 'main');
  await anna.page.goBack();
  await anna.page.locator('main:not([data-mark])').waitFor();
}

describe.each([
  { name: 'with JavaScript', javaScript: true },
  { name: 'without JavaScript', javaScript: false },
])('a rejected form, $name', ({ javaScript }) => {
  it('says so in the title, takes focus to the summary, links to the field, and keeps no password', async () => {
    const anna = await somebody({ javaScript });
    await anna.signUp();
    await anna.agree();
    await anna.isAt('Wachtwoord wijzigen');
    await anna.fill('Huidig wachtwoord *', 'niet het tijdelijke');
    await anna.fill('Nieuw wachtwoord *', 'welkom');
    await anna.fill('Nogmaals nieuw wachtwoord *', 'welkom1');
    await anna.press('Wachtwoord wijziging opslaan');

    const summary = anna.page.getByRole('alert');
    await summary.waitFor();
    expect(await anna.page.title()).toMatch(/^Fout: Wachtwoord wijzigen/);
    expect(await focused(anna).getAttribute('role')).toBe('alert');
    expect(await summary.getByRole('link').allInnerTexts()).toEqual([
      'Dit is niet het tijdelijke wachtwoord. Kopieer het uit de e-mail en plak het hier.',
      'Kies een wachtwoord van minstens 12 tekens.',
      'De twee nieuwe wachtwoorden zijn niet gelijk. Vul ze opnieuw in.',
    ]);
    for (const label of ['Huidig wachtwoord *', 'Nieuw wachtwoord *', 'Nogmaals nieuw wachtwoord *'])
      expect(await valueOf(anna, label)).toBe('');

    await summary.getByRole('link', { name: 'Kies een wachtwoord van minstens 12 tekens.' }).click();
    expect(await focused(anna).getAttribute('name')).toBe('newPassword');
    await anna.choosePassword();
    await anna.sees('Stap 3 van 5');
    expect(await anna.page.title()).not.toContain('Fout');
  });

  it('keeps what was typed', async () => {
    const anna = await somebody({ javaScript });
    await anna.toSecondFactor();
    await anna.fill('Mobiel telefoonnummer', '030 123 45 67');
    await anna.press('Bevestigings-SMS versturen');
    await anna.page.getByRole('alert').waitFor();
    expect(await valueOf(anna, 'Mobiel telefoonnummer')).toBe('030 123 45 67');

    await anna.askCode();
    await anna.fill('Bevestigingscode', '12 34');
    await anna.press('Doorvoeren');
    await anna.page.getByRole('alert').waitFor();
    expect(await valueOf(anna, 'Bevestigingscode')).toBe('');
    await anna.confirmCode();
    await anna.sees('Stap 4 van 5');
    await anna.skip();

    await anna.isAt('Deelnemerinstellingen');
    await anna.page.getByLabel('Anders', { exact: true }).check();
    await anna.fill('Voorletters *', 'J.E.');
    await anna.fill('Tussenvoegsels', 'van der');
    await anna.page.getByLabel('Automatisch antwoorden bij afwezigheid').check();
    await anna.fill('Tekst van het antwoord', 'Ik ben er even niet.');
    await anna.press('Opslaan');
    const summary = anna.page.getByRole('alert');
    await summary.waitFor();
    expect(await summary.getByRole('link').allInnerTexts()).toEqual([
      'Vul uw voornaam in.',
      'Vul uw achternaam in.',
    ]);
    expect(await anna.page.getByLabel('Anders', { exact: true }).isChecked()).toBe(true);
    expect(await valueOf(anna, 'Voorletters *')).toBe('J.E.');
    expect(await valueOf(anna, 'Tussenvoegsels')).toBe('van der');
    expect(await valueOf(anna, 'Tekst van het antwoord')).toBe('Ik ben er even niet.');
    await summary.getByRole('link', { name: 'Vul uw achternaam in.' }).click();
    expect(await focused(anna).getAttribute('name')).toBe('lastName');
  });

  it('goes back and loads again without harm', async () => {
    const anna = await somebody({ javaScript });
    await anna.signUp();
    await anna.isAt('Gebruiksvoorwaarden');
    await anna.agree();
    await anna.isAt('Wachtwoord wijzigen');
    await anna.page.reload();
    await anna.isAt('Wachtwoord wijzigen');
    await goBack(anna);
    await anna.isAt('Wachtwoord wijzigen');
    await anna.choosePassword();
    await anna.sees('Stap 3 van 5');
    await anna.askCode();
    await anna.page.reload();
    await anna.sees('De code gaat naar');
    await goBack(anna);
    await anna.sees('Mobiel telefoonnummer');
    expect(world().phone.messages().filter(({ to }) => to === anna.phone)).toHaveLength(1);
  });
});

describe('with JavaScript', () => {
  it('an impatient person presses three times, and it happens once', async () => {
    const anna = await somebody();
    await anna.toSecondFactor();
    let posts = 0;
    anna.page.on('request', (request) => {
      if (request.method() === 'POST') posts += 1;
    });
    await anna.fill('Mobiel telefoonnummer', anna.phone);
    await anna.page.getByRole('button', { name: 'Bevestigings-SMS versturen' }).click({ clickCount: 3 });
    await anna.sees('De SMS is verstuurd.');
    expect(posts).toBe(1);
    expect(world().phone.messages().filter(({ to }) => to === anna.phone)).toHaveLength(1);
  });

  it('the page of the code says by itself how the SMS fares, and what is typed meanwhile stays', async () => {
    const anna = await somebody();
    await anna.toSecondFactor();
    await anna.askCode(anna.phone.replace(/\d{4}$/, '0002'));
    await mark(anna, 'html');
    await anna.sees(/^De SMS kan nu niet worden verstuurd\./);
    await anna.fill('Bevestigingscode', '12');
    await anna.sees(/^De SMS is verstuurd\./);
    expect(await anna.page.locator('html[data-mark]').count()).toBe(1);
    expect(await valueOf(anna, 'Bevestigingscode')).toBe('12');
  });

  it('a password can be shown and hidden, and leaves as a password', async () => {
    const anna = await somebody();
    await anna.signUp();
    await anna.agree();
    const field = anna.page.getByLabel('Nieuw wachtwoord *', { exact: true });
    await field.fill(OWN_PASSWORD);
    expect(await field.getAttribute('type')).toBe('password');
    await anna.page.getByRole('button', { name: 'Tonen Nieuw wachtwoord' }).click();
    expect(await field.getAttribute('type')).toBe('text');
    await anna.page.getByRole('button', { name: 'Verbergen Nieuw wachtwoord' }).click();
    expect(await field.getAttribute('type')).toBe('password');
    await anna.page.getByRole('button', { name: 'Tonen Nieuw wachtwoord' }).click();
    await anna.press('Wachtwoord wijziging opslaan');
    await anna.page.getByRole('alert').waitFor();
    expect(await field.getAttribute('type')).toBe('password');
  });

  it('the secret key can be copied; a browser that refuses to gets it selected', async () => {
    const anna = await somebody();
    await anna.toSecondFactor();
    await anna.skip();
    await anna.sees('Zo stelt u de app in');
    await anna.press('Kopiëren');
    await expect.poll(() => anna.page.evaluate('getSelection().toString()')).toMatch(/^([A-Z2-7]{4} ?){8}$/);

    await anna.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await anna.press('Kopiëren');
    await anna.sees('Gekopieerd');
    expect(await anna.page.evaluate('navigator.clipboard.readText()')).toBe(await anna.secret());
  });

  it('the language can be switched on every page, and the page stays', async () => {
    const anna = await somebody();
    const sent = await anna.invited();
    await anna.openLink();
    await anna.press('English');
    await anna.isAt('A confidential message is waiting for you');
    await anna.press('Sign up');
    await anna.isAt('Terms of use');
    await anna.press('Nederlands');
    await anna.isAt('Gebruiksvoorwaarden');
    expect(anna.path).toBe('/onboarding/terms');
    await anna.agree();
    await anna.isAt('Wachtwoord wijzigen');
    await anna.press('Wachtwoord wijziging opslaan');
    await anna.page.getByRole('alert').waitFor();
    await anna.press('English');
    await anna.isAt('Change password');
    expect(anna.path).toBe('/onboarding/password');
    expect(sent.recipient.onboarding.status).toBe('invited');
  });
});

it('the keyboard alone is enough', async () => {
  const anna = await somebody();
  const { page } = anna;
  const { id } = await anna.invited();
  const mail = await anna.person.mail();
  const tabTo = async (role: 'button' | 'textbox' | 'radio', name: string) => {
    const wanted = page.getByRole(role, { name, exact: true });
    await wanted.waitFor();
    for (let tabs = 0; tabs < 40; tabs++) {
      if (await wanted.evaluate((element) => element === element.ownerDocument.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab does not lead to ${name}`);
  };
  const type = async (label: string, text: string) => {
    const wanted = page.getByLabel(label, { exact: true });
    await wanted.waitFor();
    for (let tabs = 0; tabs < 40; tabs++) {
      if (await wanted.evaluate((element) => element === element.ownerDocument.activeElement)) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.type(text);
  };

  await anna.openLink();
  await tabTo('button', 'Aanmelden');
  await page.keyboard.press('Enter');
  await tabTo('button', 'Akkoord');
  await page.keyboard.press('Space');
  await type('Huidig wachtwoord *', temporaryPasswordIn(mail));
  await type('Nieuw wachtwoord *', OWN_PASSWORD);
  await type('Nogmaals nieuw wachtwoord *', OWN_PASSWORD);
  await page.keyboard.press('Enter');
  await anna.sees('Stap 3 van 5');
  await tabTo('button', 'Overslaan');
  await page.keyboard.press('Enter');
  await anna.sees('Stap 4 van 5');
  await type('Token', tokenOf(await anna.secret()));
  await page.keyboard.press('Enter');
  await anna.isAt('Deelnemerinstellingen');
  await type('Voorletters *', 'A.');
  await type('Voornaam *', 'Anna');
  await type('Achternaam *', 'Jansen');
  await page.keyboard.press('Enter');
  await anna.isAt('Uw aanstelling');
  expect(anna.path).toBe(`/messages/${id}`);
});

it('the browser says when the policy blocks something, so its silence elsewhere means something', async () => {
  const anna = await somebody();
  await anna.invited();
  await anna.openLink();
  await anna.page.evaluate(`document.body.append(Object.assign(document.createElement('script'), { text: '1' }))`);
  expect(anna.complaints.splice(0).join()).toContain('Content Security Policy');
});
