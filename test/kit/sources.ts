/** What documents may name: our folders and files, and tests by their names in the sources. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../..');

/** The name after `it(`, `describe(` or the brackets of an `each`, when it begins with a number. */
const NUMBERED_NAME = /\(\s*(['"`])(\d+: [\s\S]+?)\1,/g;

export type NamedTest = { name: string; file: string };

/** Made by tools, and not ours. */
const MADE = ['node_modules', 'coverage'];

/** Our folders at the top of the tree. */
export const folders = (): string[] =>
  readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !MADE.includes(entry.name))
    .map(({ name }) => name);

export const filesBelow = (folder: string): string[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
    path.posix.join(folder, file.replaceAll(path.sep, '/')),
  );

const textOf = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** Whether `file` holds a test, or a group of tests, with exactly this name as it stands in the source. */
export function hasTest({ name, file }: NamedTest): boolean {
  if (!existsSync(path.join(ROOT, file))) return false;
  const text = textOf(file).replaceAll(/\(\s+/g, '(');
  return ["'", '"', '`'].some((quote) => text.includes(`(${quote}${name}${quote},`));
}

/** Every test whose name begins with a number. */
export function numberedTests(): NamedTest[] {
  return folders()
    .flatMap((folder) => filesBelow(folder))
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => [...textOf(file).matchAll(NUMBERED_NAME)].map(([, , name = '']) => ({ name, file })));
}
