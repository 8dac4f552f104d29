/** The layout of inbox and message: on a phone and the narrowest screen, with and without script, by keyboard. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { beyondTheSide, smallTargets, violations } from '../kit/access.ts';
import { browserParticipants } from '../kit/browser.ts';
import type { BrowserParticipant } from '../kit/browserParticipant.ts';
import { sendMessage } from '../kit/sender.ts';

const { testEnv, somebody } = browserParticipants();

const LONG_WORD = 'woord'.repeat(24);
const LONG_LINK = `https://voorbeeld.example/${'pad/'.repeat(60)}?${'x'.repeat(200)}`;

/** To the message that is opened first. */
async function finish(anna: BrowserParticipant): Promise<void> {
  await anna.toSecondFactor();
  await anna.skip();
  await anna.registerApp();
  await anna.saveProfile();
  await anna.isAt('Uw aanstelling');
}

/** A message that is hard to lay out, once it is in the inbox. */
async function sendLong(anna: BrowserParticipant): Promise<void> {
  const text = { subject: LONG_WORD, body: `Zie ${LONG_LINK}\n${LONG_WORD}` };
  await sendMessage(testEnv(), { email: anna.person.email, body: text });
  await anna.person.mail(2);
}

/** What the browser makes of a style of the first such element. */
const styleOf = (page: Page, element: string, property: string): Promise<string> =>
  page.evaluate<string>(`getComputedStyle(document.querySelector('${element}')).${property}`);

/** The number of rows in the header: an item right of the previous one is in the same row. */
const rowsOfHeader = (page: Page): Promise<number> =>
  page.evaluate<number>(`{
    const boxes = [...document.querySelectorAll('header > *')].map((one) => one.getBoundingClientRect());
    new Set(boxes.map(({ left }, i) => i === 0 || left >= boxes[i - 1].right - 1 ? 'same row' : i)).size }`);

describe.each([
  { javaScript: true, width: 390 },
  { javaScript: false, width: 390 },
  { javaScript: true, width: 320 },
])('at $width pixels, JavaScript: $javaScript', ({ javaScript, width }) => {
  it('name and sign-out stand in one row, and nothing needs scrolling to the side', async () => {
    const anna = await somebody({ javaScript });
    await finish(anna);
    const { page } = anna;
    await page.setViewportSize({ width, height: 844 });
    await sendLong(anna);
    await page.getByRole('link', { name: 'Alle berichten' }).click();
    await anna.isAt('Uw berichten');
    expect(await rowsOfHeader(page)).toBe(1);
    await page.getByRole('banner').getByText('Ingelogd als Anna Jansen').waitFor();
    for (const heading of ['Uw berichten', LONG_WORD]) {
      await anna.isAt(heading);
      const wrong = [await smallTargets(page), await beyondTheSide(page)].flat();
      if (javaScript) wrong.push(...(await violations(page)));
      expect(wrong, heading).toEqual([]);
      if (heading !== LONG_WORD) await page.getByRole('link', { name: LONG_WORD }).click();
    }
  });
});

it('what is new differs from what was read by more than its colour', async () => {
  const anna = await somebody();
  await finish(anna);
  await sendLong(anna);
  await anna.page.goto(`${testEnv().url}/messages`);
  const weight = async (row: string) => Number(await styleOf(anna.page, `${row} .subject`, 'fontWeight'));
  expect(await weight('li:first-child')).toBeGreaterThan(await weight('li:last-child'));
  await anna.page.getByRole('link', { name: /^Nieuw / }).waitFor();
  expect(await anna.page.getByRole('link', { name: 'Uw aanstelling' }).innerText()).not.toContain('Nieuw');
});

it('the focus begins at the heading: one key away are the list and its newest message', async () => {
  const anna = await somebody();
  await finish(anna);
  const { page } = anna;
  const press = async (name: string, key: 'Tab' | 'Shift+Tab') => {
    await page.locator('h1:focus').waitFor();
    await page.keyboard.press(key);
    expect(await page.locator(':focus').innerText()).toContain(name);
    await page.keyboard.press('Enter');
  };
  await press('Alle berichten', 'Shift+Tab');
  await anna.isAt('Uw berichten');
  await press('Uw aanstelling', 'Tab');
  await anna.isAt('Uw aanstelling');
});

it.each(['light', 'dark'] as const)('a choice has the colours of the page: %s', async (colorScheme) => {
  const anna = await somebody();
  await anna.toSecondFactor();
  await anna.page.emulateMedia({ colorScheme });
  await anna.page.goto(`${testEnv().url}/onboarding/help`);
  const [choice, paper] = await Promise.all(
    ['input[type=radio]', 'main'].map((element) => styleOf(anna.page, element, 'backgroundColor')),
  );
  expect(choice).toMatch(/^rgb/);
  expect(choice).toBe(paper);
  expect(await violations(anna.page)).toEqual([]);
});
