/** The layout on a phone: the question in the first view, and everything along one edge. */
import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { Locale } from '../../domain/locale.ts';
import { browserParticipants } from '../kit/browser.ts';
import type { BrowserParticipant } from '../kit/browserParticipant.ts';
import { WORDS as SAID } from '../kit/words.ts';

const { somebody } = browserParticipants();

/** The window of the phone in test/kit/browser.ts. */
const VIEW = { width: 390, height: 844 };

/** Measured from the top of the page, however far it is scrolled. */
async function bottomOf(wanted: Locator): Promise<number> {
  const box = (await wanted.boundingBox())!;
  return box.y + box.height + (await wanted.page().evaluate<number>('scrollY'));
}

const main = ({ page }: BrowserParticipant) => page.locator('main .primary').first();

/** The distinct left and right edges of all fields and main buttons. */
const edges = ({ page }: BrowserParticipant): Promise<string[]> =>
  page.evaluate<string[]>(`[...new Set([...document.querySelectorAll('main :is(.input, .primary)')]
    .filter((element) => element.checkVisibility())
    .map((element) => element.getBoundingClientRect())
    .map(({ left, right }) => Math.round(left) + ' to ' + Math.round(right)))]`);

const WORDS = {
  nl: {
    more: 'Meer uitleg vindt u hier',
    prescribed: [/Codes ontvangen kost u niets/, /de veiligste manier/, /U stelt dit maar één keer in/],
    how: SAID.app.nl.how,
    apps: /Microsoft Authenticator of Google Authenticator/,
    showQr: 'QR-code tonen',
    qr: 'QR-code voor de authenticatie-app',
    open: 'In de app op deze telefoon openen',
  },
  en: {
    more: 'More explanation here',
    prescribed: [/Receiving codes costs you nothing/, /the safer way/, /You only set this up once/],
    how: SAID.app.en.how,
    apps: /Microsoft Authenticator or Google Authenticator/,
    showQr: 'Show the QR code',
    qr: 'QR code for the authenticator app',
    open: 'Open in the app on this phone',
  },
};

describe.each<Locale>(['nl', 'en'])('on a phone, in %s', (locale) => {
  const words = WORDS[locale];

  it('the number is asked for in the first view, and the explanation is a tap away', async () => {
    const anna = await somebody({ locale });
    await anna.toSecondFactor();
    expect(await bottomOf(main(anna))).toBeLessThan(VIEW.height);
    expect(await anna.page.getByText(words.prescribed[0]!).isVisible()).toBe(false);
    await anna.page.getByText(words.more).click();
    for (const one of words.prescribed) await anna.sees(one);
  });

  it('so is the token, with the app on this phone and the key before it, and the QR code a tap away', async () => {
    const anna = await somebody({ locale });
    await anna.toSecondFactor();
    await anna.skip();
    await anna.sees(words.how);
    expect(await bottomOf(main(anna))).toBeLessThan(VIEW.height);
    const { page } = anna;
    const token = page.getByLabel(anna.labels.token, { exact: true });
    const key = page.locator('#secret');
    const link = page.getByRole('link', { name: words.open });
    expect(await bottomOf(link)).toBeLessThan(await bottomOf(key));
    expect(await bottomOf(key)).toBeLessThan(await bottomOf(token));
    for (const [label, opened] of [
      [words.showQr, page.getByRole('img', { name: words.qr })],
      [words.how, page.getByText(words.apps).first()],
      [words.more, page.getByText(words.prescribed[0]!)],
    ] as const) {
      expect(await opened.isVisible()).toBe(false);
      await page.getByText(label, { exact: true }).click();
      await opened.waitFor();
    }
  });
});

it('where there is room the QR code stands beside the key', async () => {
  const anna = await somebody();
  await anna.page.setViewportSize({ width: 1280, height: 800 });
  await anna.toSecondFactor();
  await anna.skip();
  const code = (await anna.page.getByRole('img', { name: WORDS.nl.qr }).boundingBox())!;
  const key = (await anna.page.locator('#secret').boundingBox())!;
  expect(key.x).toBeGreaterThan(code.x + code.width);
  expect(key.y).toBeGreaterThan(code.y);
  expect(key.y + key.height).toBeLessThanOrEqual(code.y + code.height);
  expect(await anna.page.getByText(WORDS.nl.showQr).isVisible()).toBe(false);
});

it.each([VIEW, { width: 1280, height: 800 }])(
  'everything of a form ends at one edge, at %o',
  async (size) => {
    const anna = await somebody();
    await anna.page.setViewportSize(size);
    await anna.signUp();
    await anna.isAt('Gebruiksvoorwaarden');
    const [edge] = await edges(anna);
    await anna.agree();
    await anna.isAt('Wachtwoord wijzigen');
    expect(await edges(anna)).toEqual([edge]);
    await anna.choosePassword();
    await anna.isAt('Een betere beveiliging voor vertrouwelijke gegevens');
    expect(await edges(anna)).toEqual([edge]);
    await anna.askCode();
    await anna.isAt(SAID.smsCode.nl.enrol.title);
    expect(await edges(anna)).toEqual([edge]);
    await anna.confirmCode();
    await anna.sees('Stap 4 van 5');
    await anna.skip();
    await anna.isAt('Deelnemerinstellingen');
    await anna.page.getByLabel('Automatisch antwoorden bij afwezigheid').check();
    expect(await edges(anna)).toEqual([edge]);
  },
);
