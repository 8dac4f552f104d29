/** Every page and state that a person can meet, checked for accessibility (WCAG 2.2 AA). */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tour } from '../../tools/screenshots/tour.ts';
import { ABOUT_COLOURS, beyondTheSide, smallTargets, violations } from '../kit/access.ts';
import { startBrowser } from '../kit/chromium.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';

/** Visiting every page takes a while. */
const TOUR_MS = 180_000;

type Looks = { name: string; width: number; dark?: boolean; open?: boolean; textSize?: string };

/** 320 pixels is what people see who zoom to 400 % on a desktop. */
const LOOKS: Looks[] = [
  { name: 'on a phone', width: 390 },
  { name: 'in the dark', width: 390, dark: true },
  { name: 'with every explanation open, at 320 pixels', width: 320, open: true },
  { name: 'on a desktop', width: 1280 },
];
const ENLARGED: Looks = { name: 'with letters twice as large', width: 320, textSize: '212.5%', open: true };

async function look(page: Page, { width, dark, open, textSize = '' }: Looks): Promise<void> {
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
  await page.evaluate(`{
    document.documentElement.style.fontSize = '${textSize}';
    for (const one of document.querySelectorAll('details')) one.open = ${Boolean(open)};
  }`);
}

let testEnv: TestEnvironment;
const seen = new Set<string>();
const found: { what: 'axe' | 'target' | 'side'; where: string; line: string }[] = [];

beforeAll(async () => {
  const [here, browser] = await Promise.all([createTestEnvironment(), startBrowser()]);
  testEnv = here;
  await tour({
    testEnv,
    browser,
    language: 'nl',
    async shoot(page, { name }) {
      seen.add(name);
      const opened = await page.evaluate<boolean[]>(
        `[...document.querySelectorAll('details')].map((one) => one.open)`,
      );
      for (const looks of LOOKS) {
        await look(page, looks);
        const where = `${name}, ${looks.name}`;
        const add = (what: (typeof found)[number]['what'], lines: string[]) =>
          found.push(...lines.map((line) => ({ what, where, line })));
        // In the dark only colours differ, see below.
        add('axe', await violations(page, looks.dark ? ABOUT_COLOURS : undefined));
        add('target', await smallTargets(page));
        add('side', await beyondTheSide(page));
      }
      await look(page, ENLARGED);
      const lines = await beyondTheSide(page);
      found.push(
        ...lines.map((line) => ({ what: 'side' as const, where: `${name}, ${ENLARGED.name}`, line })),
      );
      await look(page, LOOKS[0]!);
      await page.evaluate(
        `document.querySelectorAll('details').forEach((one, i) => { one.open = ${JSON.stringify(opened)}[i]; })`,
      );
    },
  }).finally(() => browser.close());
}, TOUR_MS);
afterAll(() => testEnv.close());

describe('every page, with its errors, on a phone, in the dark, at 320 pixels with all explanations open, and on a desktop', () => {
  const of = (what: (typeof found)[number]['what']) => found.filter((one) => one.what === what);

  it('was seen', () => {
    expect(seen.size).toBeGreaterThan(20);
  });

  it('has nothing that axe complains about', () => {
    expect(of('axe')).toEqual([]);
  });

  it('differs in the dark in its colours only', () => {
    const style = readFileSync(new URL('../../web/ui/public/style.css', import.meta.url), 'utf8');
    const dark = [...style.matchAll(/@media \(prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}\s*\}/g)];
    expect(style.match(/prefers-color-scheme/g)).toHaveLength(dark.length);
    const set = dark.flatMap(([, lines]) => lines!.trim().split(/;\s*/)).filter(Boolean);
    expect(set.length).toBeGreaterThan(10);
    expect(set.filter((line) => !/^--[a-z-]+: #[\da-f]{6}$/.test(line))).toEqual([]);
  });

  it('has nothing to press that is smaller than 24 pixels', () => {
    expect(of('target')).toEqual([]);
  });

  it('never needs scrolling to the side, with letters twice as large neither', () => {
    expect(of('side')).toEqual([]);
  });
});
