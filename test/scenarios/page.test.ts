/** docs/scenarios.md says which test shows a scenario: every such test exists, and no numbered test is missing. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { hasTest, type NamedTest, numberedTests } from '../kit/sources.ts';

const PAGE = readFileSync(path.join(import.meta.dirname, '../../docs/scenarios.md'), 'utf8');

type Shown = NamedTest & { number: number };

/** The numbers of the headings, and the tests listed below each. */
function readPage(): { numbers: number[]; shown: Shown[] } {
  const numbers: number[] = [];
  const shown: Shown[] = [];
  for (const line of PAGE.split('\n')) {
    const [, heading] = /^#+ (\d+)\. \S/.exec(line) ?? [];
    if (heading) numbers.push(Number(heading));
    const [, name, file] = /^- (.+) \(`([^`]+\.test\.ts)`\)$/.exec(line) ?? [];
    if (name && file) shown.push({ number: numbers.at(-1)!, name, file });
  }
  return { numbers, shown };
}

const lines = (tests: Shown[]) => tests.map(({ number, name, file }) => `${number}. ${name} (${file})`);

it('has every number once, in order', () => {
  const { numbers } = readPage();
  expect(numbers.length).toBeGreaterThan(0);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});

it('names only tests that exist, each by its exact name', () => {
  const { shown } = readPage();
  const listItems = PAGE.match(/^- /gm) ?? [];
  expect(shown.length).toBe(listItems.length);
  expect(lines(shown.filter((test) => !hasTest(test)))).toEqual([]);
});

it('leaves out no test that has a number, and puts each under its own', () => {
  const named = lines(readPage().shown);
  const tests = lines(numberedTests().map((test) => ({ ...test, number: Number.parseInt(test.name, 10) })));
  expect(tests.length).toBeGreaterThan(0);
  expect(tests.filter((test) => !named.includes(test))).toEqual([]);
});
