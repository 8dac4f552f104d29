/** Every mail as mail programs show it: in a narrow window, in dark mode, and without its style sheet. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invitationMail } from '../../activities/mail/invitation.ts';
import { renderMail } from '../../activities/mail/layout.ts';
import {
  SAMPLE_FRAME,
  type SampleMail,
  sampleFacts,
  sampleMails,
  sampleParts,
} from '../../tools/screenshots/sampleMails.ts';
import { beyondTheSide, violations } from '../kit/access.ts';
import { startBrowser } from '../kit/chromium.ts';

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await startBrowser();
  page = await browser.newPage();
});
afterAll(() => browser.close());

const LOCALES = ['nl', 'en'] as const;
/** The mail program around it provides the landmarks. */
const NOT_ITS_OWN = /^(region|landmark-one-main):/;
const WIDTHS = [320, 390, 600];

const ALL = LOCALES.flatMap((locale) =>
  sampleMails(locale).map((mail): [string, SampleMail] => [`${mail.name} in ${locale}`, mail]),
);

it.each(LOCALES)(
  'words without a space wrap at 320 pixels, in %s: user name, names, links',
  async (locale) => {
    const facts = {
      ...sampleFacts(locale),
      organisation: 'Arbeidsongeschiktheidsverzekeringen',
      sender: 'Arbeidsongeschiktheidsverzekeringsmaatschappij',
    };
    await page.setViewportSize({ width: 320, height: 800 });
    for (const email of [
      'wmmmmmmmmm@wmmmmmmmm.nl',
      'wilhelmina@voorbeeld.nl',
      `${'m'.repeat(64)}@voorbeeld.nl`,
    ]) {
      const { html } = renderMail(invitationMail({ ...facts, email }), { ...SAMPLE_FRAME, ...facts });
      await page.setContent(html);
      expect(await beyondTheSide(page), email).toEqual([]);
    }
  },
);

/** A label and its value are on one line with a colon in the text, and on two lines in the HTML. */
const plain = (words: string) => words.replace(/[:\s]+/g, ' ').trim();

describe.each(ALL)('%s', (_name, { content }) => {
  const { html, text } = sampleParts(content);

  it('fits and has no barrier, in the light and in the dark', async () => {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setContent(html);
        const barriers = (await violations(page)).filter((line) => !NOT_ITS_OWN.test(line));
        const wrong = [...barriers, ...(await beyondTheSide(page))];
        expect(wrong, `${width} ${colorScheme}`).toEqual([]);
      }
    }
  });

  it('without any style says the same in the same order as the text', async () => {
    await page.setContent(
      html.replace(/<style>.*?<\/style>/s, '').replace(/ style="(?!display:none)[^"]*"/g, ''),
    );
    const words = plain(await page.locator('body').innerText());
    let place = 0;
    for (const line of text.split(/\n+/)) {
      place = words.indexOf(plain(line), place);
      expect(place, line).toBeGreaterThanOrEqual(0);
    }
  });
});
