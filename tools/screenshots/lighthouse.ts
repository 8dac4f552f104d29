/**
 * `npm run lighthouse`: runs Lighthouse, emulating a phone, on every page of the journey, with the person's session.
 * Prints a table, lowest scores last, and exits with code 1 when one is below the limit.
 */
import lighthouse from 'lighthouse';
import type { Page } from 'playwright-core';
import { startBrowser } from '../../test/kit/chromium.ts';
import { openTestEnvironment } from '../../test/kit/environment.ts';
import { openInfrastructure } from '../../test/kit/infrastructure.ts';
import { anyFreePort } from '../local/ports.ts';
import { say } from '../local/screen.ts';
import { tour } from './tour.ts';

const LOWEST = 98;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const;
/** By their names in the tour: one of each kind of page that its URL alone can open. */
const JOURNEY = [
  ...['link', 'terms', 'password', 'sms', 'code', 'app', 'profile', 'finished', 'message', 'help'],
  ...['messages', 'sign-in', 'sign-in-factor', 'forgotten', 'continue', 'genuine'],
];

type Row = { name: string; scores: number[]; missed: string[] };

const stops: (() => unknown)[] = [];

try {
  const testEnv = await openTestEnvironment(await openInfrastructure(stops));
  stops.push(() => testEnv.close());
  const port = await anyFreePort();
  const browser = await startBrowser({ debuggingPort: port });
  stops.push(() => browser.close());
  const rows: Row[] = [];
  await tour({
    testEnv,
    browser,
    language: 'nl',
    async shoot(page, { name }) {
      if (JOURNEY.includes(name)) rows.push(await measure(page, name, port));
    },
  });
  rows.sort((one, other) => Math.min(...other.scores) - Math.min(...one.scores));
  console.log(table(rows));
  const missing = JOURNEY.filter((name) => !rows.some((row) => row.name === name));
  const low = rows.filter(({ scores }) => scores.some((score) => score < LOWEST));
  if (missing.length) console.log(`Not measured: ${missing.join(', ')}`);
  console.log(low.length ? `${low.length} below ${LOWEST}` : `All ${rows.length} have ${LOWEST} or more.`);
  process.exitCode = low.length || missing.length ? 1 : 0;
} finally {
  for (const stop of stops.reverse()) await stop();
}

async function measure(page: Page, name: string, port: number): Promise<Row> {
  const cookies = await page.context().cookies(page.url());
  const Cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const result = await lighthouse(page.url(), {
    port,
    onlyCategories: [...CATEGORIES],
    extraHeaders: { Cookie },
    disableStorageReset: true,
    logLevel: 'silent',
  });
  if (!result || result.lhr.runtimeError)
    throw new Error(`${name}: ${result?.lhr.runtimeError?.message ?? 'no result'}`);
  const { categories, audits, finalDisplayedUrl } = result.lhr;
  if (finalDisplayedUrl !== page.url()) throw new Error(`${name}: went to ${finalDisplayedUrl}`);
  const scores = CATEGORIES.map((category) => Math.round((categories[category]?.score ?? 0) * 100));
  const missed = CATEGORIES.flatMap((category) => categories[category]?.auditRefs ?? [])
    .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9)
    .map(({ id }) => id);
  say('lighthouse', `${name}: ${scores.join(' ')}`);
  return { name, scores, missed };
}

function table(rows: Row[]): string {
  const line = (name: string, values: (string | number)[], rest = '') =>
    `${name.padEnd(16)}${values.map((value) => String(value).padStart(16)).join('')}  ${rest}`.trimEnd();
  return [
    line('page', [...CATEGORIES], 'not at its best'),
    ...rows.map(({ name, scores, missed }) => line(name, scores, missed.join(', '))),
  ].join('\n');
}
