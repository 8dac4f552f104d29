/**
 * `npm run accidents`: what really happens to people, senders and operators, and the test that shows what comes of it.
 * A test that shows an accident has its number at the beginning of its name; this list is made from those names.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './local/folder.ts';

const LAST = 40;

type Shown = { number: number; name: string; file: string };

/** Shown by tests that are about something else, too: the test's name, or a part of it that only this test has. */
const ELSEWHERE: Shown[] = [
  { number: 8, name: 'an impatient person presses three times', file: 'test/journeys/browserScript.test.ts' },
  { number: 8, name: 'goes back and loads again without harm', file: 'test/journeys/browserForms.test.ts' },
  {
    number: 8,
    name: 'clicked three times in a browser that lost the first two answers: the person goes on',
    file: 'web/twice.test.ts',
  },
  {
    number: 21,
    name: 'is right once, 20 times at once',
    file: 'db/appFactor.test.ts',
  },
  {
    number: 23,
    name: 'is released or announced, never held for ever: 60 races',
    file: 'db/endings.test.ts',
  },
  {
    number: 27,
    name: 'mail-delayed: the mail server is away, is mended, and an operator has it tried at once',
    file: 'workflows/problems.test.ts',
  },
  {
    number: 27,
    name: 'mail-undeliverable: the sender corrects the address',
    file: 'workflows/problems.test.ts',
  },
  {
    number: 28,
    name: 'with the worker stopped every fact is saved and there is no account',
    file: 'test/journeys/outage.test.ts',
  },
  {
    number: 28,
    name: 'with the engine unreachable the pages go on and the signals wait in the outbox',
    file: 'test/journeys/outage.test.ts',
  },
  {
    number: 30,
    name: 'stays when the process dies between telling and deleting',
    file: 'db/outbox.test.ts',
  },
  {
    number: 32,
    name: 'comes back by itself after it was terminated, with everything kept',
    file: 'workflows/onboarding.test.ts',
  },
  {
    number: 35,
    name: 'or not: the last step in the same second, 30 races, and one of the two wins',
    file: 'db/endings.test.ts',
  },
  {
    number: 36,
    name: 'goes on when an operator sends nonsense',
    file: 'workflows/onboarding.test.ts',
  },
];

/** Of a name: the string after `it(`, `describe(` or the brackets of an `each`. */
const NUMBERED = /\(\s*(['"`])(\d{1,2}): ([\s\S]+?)\1,/g;

const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => file.endsWith('.test.ts') && !file.startsWith('node_modules/'))
  .sort();
const textOf = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

const named: Shown[] = files.flatMap((file) =>
  [...textOf(file).matchAll(NUMBERED)].map(([, , number, name = '']) => ({
    number: Number(number),
    name,
    file,
  })),
);
const gone = ELSEWHERE.filter(({ name, file }) => !files.includes(file) || !textOf(file).includes(name));
const shown = [...named, ...ELSEWHERE.filter((one) => !gone.includes(one))];

const without: number[] = [];
for (let number = 1; number <= LAST; number++) {
  const tests = shown.filter((one) => one.number === number);
  if (tests.length === 0) without.push(number);
  for (const { name, file } of tests) console.log(`${String(number).padStart(2)}  ${name}\n    ${file}`);
}
console.log(`\n${LAST - without.length} of ${LAST} accidents have a test that shows them.`);
if (without.length) console.log(`None yet: ${without.join(', ')}.`);
for (const { number, name, file } of gone) {
  console.error(
    `${number}: there is no test "${name}" in ${file} any more: mend the list in tools/scenarios.ts`,
  );
  process.exitCode = 1;
}
