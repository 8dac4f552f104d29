/** Tests by their names in the sources, for documents that name them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../..');

/** The name after `it(`, `describe(` or the brackets of an `each`, when it begins with a number. */
const NUMBERED_NAME = /\(\s*(['"`])(\d+: [\s\S]+?)\1,/g;

export type NamedTest = { name: string; file: string };

const textOf = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** Whether `file` holds a test, or a group of tests, with exactly this name as it stands in the source. */
export function hasTest({ name, file }: NamedTest): boolean {
  const text = textOf(file).replaceAll(/\(\s+/g, '(');
  return ["'", '"', '`'].some((quote) => text.includes(`(${quote}${name}${quote},`));
}

/** Every test whose name begins with a number. */
export function numberedTests(): NamedTest[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => file.endsWith('.test.ts') && !/^(node_modules|\.instap)\//.test(file))
    .flatMap((file) => [...textOf(file).matchAll(NUMBERED_NAME)].map(([, , name = '']) => ({ name, file })));
}
