/**
 * `npm run screens`: screenshots of every page and mail in .cache/screens/, which is not in git: in both languages, on
 * a phone and a desktop, in light and dark mode; and a gallery of them. Those shown in README.md and docs/*.md also go
 * into docs/screens/.
 */
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { Locale } from '../../domain/locale.ts';
import { startBrowser } from '../../test/kit/chromium.ts';
import { openTestEnvironment } from '../../test/kit/environment.ts';
import { openInfrastructure } from '../../test/kit/infrastructure.ts';
import { ROOT } from '../local/folder.ts';
import { say } from '../local/screen.ts';
import { type Folder, fileOf, gallery, LOOKS, type Section, WIDTHS } from './gallery.ts';
import { sampleMails, sampleParts } from './sampleMails.ts';
import { shownPictures } from './shown.ts';
import { type Group, type Shot, tour } from './tour.ts';
import { trialTour } from './tryoutTour.ts';

const PLACE = path.join(ROOT, '.cache', 'screens');
const KEPT = path.join(ROOT, 'docs', 'screens');
const HEIGHT = 800;
/** Letters stay sharp, at about 30 kB per screenshot. */
const QUALITY = 50;
const LANGUAGES: Locale[] = ['nl', 'en'];

const GROUPS: Record<Group, { title: string; about: string }> = {
  'setting up': { title: 'Setting up', about: 'From the link in the mail to the message, once in a life.' },
  'signing in': { title: 'Reading and signing in later', about: 'For somebody whose account is open.' },
  'other ways': { title: 'Other ways', about: 'Coming back on another device, asking for help, too late.' },
};

const stops: (() => unknown)[] = [];
let count = 0;

try {
  const testEnv = await openTestEnvironment(await openInfrastructure(stops));
  stops.push(() => testEnv.close());
  const browser = await startBrowser();
  stops.push(() => browser.close());
  rmSync(PLACE, { recursive: true, force: true });

  const sections = { nl: [] as Section[], en: [] as Section[] };
  for (const language of LANGUAGES) {
    say('pictures', `in ${language}: mails`);
    sections[language].push(await mails(browser, language));
    say('pictures', `in ${language}: pages`);
    const shots: Shot[] = [];
    await tour({
      testEnv,
      browser,
      language,
      async shoot(page, shot) {
        await take(page, language, shot.name);
        shots.push(shot);
      },
    });
    for (const [group, words] of Object.entries(GROUPS))
      sections[language].push({
        ...words,
        folder: language,
        shots: shots.filter((shot) => shot.group === group),
      });
  }
  say('pictures', 'pages for trying it out');
  const trial: Section = {
    title: 'Trying it out',
    about:
      'What `npm start` adds for who has neither a mail server nor a phone to try with. In English only.',
    folder: 'trial',
    shots: [],
  };
  await trialTour({
    testEnv,
    browser,
    async shoot(page, shot) {
      await take(page, 'trial', shot.name);
      trial.shots.push(shot);
    },
  });
  await browser.close();
  for (const language of LANGUAGES) {
    const { file, text } = gallery(language, [...sections[language], trial]);
    writeFileSync(path.join(PLACE, file), text);
  }
  const shown = keepShown();
  say('pictures', `${count}; all of them: ${pathToFileURL(path.join(PLACE, 'dutch.html')).href}`);
  say('pictures', `${shown} that README.md and docs/*.md show: docs/screens/`);
} finally {
  for (const stop of stops.reverse()) await stop();
}

/** Copies those shown in README.md and docs/*.md to docs/screens/; returns their number. */
function keepShown(): number {
  const shown = shownPictures();
  rmSync(KEPT, { recursive: true, force: true });
  for (const picture of shown) {
    mkdirSync(path.dirname(path.join(KEPT, picture)), { recursive: true });
    copyFileSync(path.join(PLACE, picture), path.join(KEPT, picture));
  }
  return shown.length;
}

async function take(page: Page, folder: Folder, name: string): Promise<void> {
  mkdirSync(path.join(PLACE, folder), { recursive: true });
  await page.mouse.move(0, 0);
  for (const width of Object.values(WIDTHS)) {
    await page.setViewportSize({ width, height: HEIGHT });
    for (const look of LOOKS) {
      await page.emulateMedia({ colorScheme: look });
      const file = path.join(PLACE, fileOf(folder, name, { width, look }));
      await page.screenshot({ path: file, type: 'webp', quality: QUALITY, fullPage: true });
      count++;
    }
  }
}

async function mails(browser: Browser, language: Locale): Promise<Section> {
  const page = await browser.newPage();
  const all = sampleMails(language);
  for (const { name, content } of all) {
    await page.setContent(sampleParts(content).html);
    await take(page, language, `mail-${name}`);
  }
  await page.close();
  const shots = all.map(({ name, caption }) => ({ name: `mail-${name}`, caption }));
  return {
    title: 'Mails',
    about: 'Each also has a text part that says the same.',
    folder: language,
    shots,
  };
}
