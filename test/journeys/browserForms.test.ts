/** Forms in a browser, with JavaScript and without: refusals, going back, reloading. */
import { describe, expect, it } from 'vitest';
import { browserParticipants } from '../kit/browser.ts';
import type { BrowserParticipant } from '../kit/browserParticipant.ts';

const { testEnv, somebody } = browserParticipants();

const focused = (anna: BrowserParticipant) => anna.page.locator(':focus');
async function goBack(anna: BrowserParticipant): Promise<void> {
  // htmx replaces the page; until then the old one is still there.
  await anna.page.locator('main').evaluate((main) => main.setAttribute('data-left', ''));
  await anna.page.goBack();
  await anna.page.locator('main:not([data-left])').waitFor();
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
    await anna.fill('Nieuw wachtwoord *', 'zeehok');
    await anna.fill('Nogmaals nieuw wachtwoord *', 'zeehok1');
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
      expect(await anna.typed(label)).toBe('');

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
    expect(await anna.typed('Mobiel telefoonnummer')).toBe('030 123 45 67');

    await anna.askCode();
    await anna.fill('Bevestigingscode', '12 34');
    await anna.press('Doorvoeren');
    await anna.page.getByRole('alert').waitFor();
    expect(await anna.typed('Bevestigingscode')).toBe('');
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
    expect(await anna.typed('Voorletters *')).toBe('J.E.');
    expect(await anna.typed('Tussenvoegsels')).toBe('van der');
    expect(await anna.typed('Tekst van het antwoord')).toBe('Ik ben er even niet.');
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
    expect(
      testEnv()
        .phone.messages()
        .filter(({ to }) => to === anna.phone),
    ).toHaveLength(1);
  });
});

describe('what is wrong, with JavaScript', () => {
  const wrong = (anna: BrowserParticipant) =>
    anna.page.evaluate<object>(`({
      atFields: [...document.querySelectorAll('.error')].map((element) => element.innerText),
      onTop: [...document.querySelectorAll('.error-summary a')].map((element) => element.innerText),
      invalid: [...document.querySelectorAll('[aria-invalid]')].map(({ name }) => name),
    })`);

  it('is said once on top and in one line at its field, and is gone from both once that is changed', async () => {
    const anna = await somebody();
    await anna.toSecondFactor();
    await anna.askCode();
    await anna.confirmCode();
    await anna.sees('Stap 4 van 5');
    await anna.skip();
    await anna.isAt('Deelnemerinstellingen');
    await anna.page.getByLabel('Automatisch antwoorden bij afwezigheid').check();
    await anna.fill('Voornaam *', 'Anna');
    await anna.press('Opslaan');
    const summary = anna.page.getByRole('alert');
    await summary.waitFor();
    const first = [
      'Vul uw voorletters in, bijvoorbeeld J.E.',
      'Vul uw achternaam in.',
      'Vul de tekst van het antwoord in, of haal het vinkje weg.',
    ];
    expect(await wrong(anna)).toEqual({
      atFields: first,
      onTop: first,
      invalid: ['initials', 'lastName', 'autoReplyText'],
    });
    await anna.fill('Voorletters *', 'A.');
    expect(await wrong(anna)).toEqual({
      atFields: first.slice(1),
      onTop: first.slice(1),
      invalid: ['lastName', 'autoReplyText'],
    });
    await anna.page.getByLabel('Automatisch antwoorden bij afwezigheid').uncheck();
    expect(await wrong(anna)).toEqual({ atFields: [first[1]], onTop: [first[1]], invalid: ['lastName'] });
    await anna.fill('Achternaam *', 'Jansen');
    await summary.waitFor({ state: 'hidden' });
    expect(await wrong(anna)).toEqual({ atFields: [], onTop: [], invalid: [] });
    await anna.press('Opslaan');
    await anna.isAt('Uw aanstelling');
  });
});
