/** docs/scenarios.md says which test shows a scenario: every such test exists, and no numbered test is left out. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../..');
const PAGE = 'docs/scenarios.md';

/** The name after `it(`, `describe(` or the brackets of an `each`, when it begins with a number. */
const NUMBERED_NAME = /\(\s*(['"`])(\d+: [\s\S]+?)\1,/g;

type Shown = { number: number; name: string; file: string };

const textOf = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** The numbers of the page's headings, and the tests that stand below each. */
function readPage(): { numbers: number[]; shown: Shown[] } {
  const numbers: number[] = [];
  const shown: Shown[] = [];
  for (const line of textOf(PAGE).split('\n')) {
    const [, heading] = /^#+ (\d+)\. \S/.exec(line) ?? [];
    if (heading) numbers.push(Number(heading));
    const [, name, file] = /^- (.+) \(`([^`]+\.test\.ts)`\)$/.exec(line) ?? [];
    if (name && file) shown.push({ number: numbers.at(-1)!, name, file });
  }
  return { numbers, shown };
}

function numberedTests(): Shown[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => file.endsWith('.test.ts') && !/^(node_modules|\.instap)\//.test(file))
    .flatMap((file) =>
      [...textOf(file).matchAll(NUMBERED_NAME)].map(([, , name = '']) => ({
        number: Number.parseInt(name, 10),
        name,
        file,
      })),
    );
}

function exists({ name, file }: Shown): boolean {
  const text = textOf(file).replaceAll(/\(\s+/g, '(');
  return ["'", '"', '`'].some((quote) => text.includes(`(${quote}${name}${quote},`));
}

const lines = (tests: Shown[]) => tests.map(({ number, name, file }) => `${number}. ${name} (${file})`);

it('has every number once, in order', () => {
  const { numbers } = readPage();
  expect(numbers.length).toBeGreaterThan(0);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});

it('names only tests that exist, each by its exact name', () => {
  const { shown } = readPage();
  const listItems = textOf(PAGE).match(/^- /gm) ?? [];
  expect(shown.length).toBe(listItems.length);
  expect(lines(shown.filter((test) => !exists(test)))).toEqual([]);
});

it('leaves out no test that has a number', () => {
  const named = lines(readPage().shown);
  const tests = lines(numberedTests());
  expect(tests.length).toBeGreaterThan(0);
  expect(tests.filter((test) => !named.includes(test))).toEqual([]);
});
