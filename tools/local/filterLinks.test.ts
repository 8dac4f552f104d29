/** The filter links of `npm start` count days of the length that `--day=` sets. */
import { expect, it } from 'vitest';
import { filterLinks } from './filterLinks.ts';

const UI = 'http://localhost:8233';

/** How long ago "waiting over 3 days" starts, in seconds. */
function beginsAgo(day: string | undefined): number {
  const { url } = filterLinks(UI, { timeZone: 'UTC', day }).find(
    ({ name }) => name === 'waiting over 3 days',
  )!;
  const [, moment = ''] = /OnboardingSince < "([^"]+)"/.exec(decodeURIComponent(url))!;
  return Math.round((Date.now() - Date.parse(moment)) / 1_000);
}

it.each([
  ['20s', 60],
  ['1m', 180],
  [undefined, 3 * 86_400],
])('a day of %s', (day, seconds) => {
  expect(beginsAgo(day)).toBe(seconds);
});
