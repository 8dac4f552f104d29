/** What the documents name exists: files, folders, scripts, and the sections and files they link to. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, folders, hasTest } from './kit/sources.ts';

const ROOT = path.join(import.meta.dirname, '..');
const textOf = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** Pages about pictures are made by the command that takes them. */
const DOCUMENTS = [
  ...readdirSync(ROOT).filter((file) => file.endsWith('.md')),
  ...filesBelow('docs').filter((file) => file.endsWith('.md') && !file.startsWith('docs/screens/')),
];
const FOLDERS = folders();

const CODE_BLOCK = /^```[\s\S]*?^```/gm;

/** GitHub's anchor for a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (text: string) =>
  [...text.replace(CODE_BLOCK, '').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!));

/** Broken links within the repository. */
function brokenLinks(file: string): string[] {
  const links = [...textOf(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to!);
  return links
    .filter((to) => !/^[a-z]+:/.test(to))
    .filter((to) => {
      const [place = '', anchor] = to.split('#');
      const target = place ? path.posix.join(path.posix.dirname(file), place) : file;
      if (!existsSync(path.join(ROOT, target))) return true;
      return anchor !== undefined && !anchorsOf(textOf(target)).includes(anchor);
    });
}

/** Paths in code format below our folders that do not exist; a placeholder such as `<mail>` is not a file. */
function missingPaths(file: string): string[] {
  const named = [...textOf(file).matchAll(/`([\w./-]+)`/g)].map(([, name]) => name!);
  return named
    .filter((name) => FOLDERS.includes(name.split('/')[0]!) && name.includes('/'))
    .filter((name) => !existsSync(path.join(ROOT, name)));
}

/** Tests in italics before their file that do not exist. */
function missingTests(file: string): string[] {
  const named = [...textOf(file).matchAll(/\*([^*\n]+)\* \(`([^`]+\.test\.ts)`\)/g)];
  return named
    .map(([, name = '', place = '']) => ({ name, file: place }))
    .filter((test) => !hasTest(test))
    .map(({ name, file: place }) => `${name} (${place})`);
}

describe.each(DOCUMENTS)('%s', (file) => {
  it('links to what is there', () => {
    expect(brokenLinks(file)).toEqual([]);
  });

  it('names files and folders that are there', () => {
    expect(missingPaths(file)).toEqual([]);
  });

  it('names tests that are there', () => {
    expect(missingTests(file)).toEqual([]);
  });

  it('names scripts that are there', () => {
    const { scripts } = JSON.parse(textOf('package.json'));
    const named = [...textOf(file).matchAll(/\bnpm run ([\w-]+)/g)].map(([, name]) => name!);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

it('docs/architecture.md has a sentence for each folder', () => {
  const described = [...textOf('docs/architecture.md').matchAll(/^\| `([\w/]+)\/` \| \S/gm)].map(
    ([, name]) => name,
  );
  expect(FOLDERS.filter((folder) => !described.includes(folder))).toEqual([]);
});

it('docs/decisions/ lists every decision, each with its date, its reason and what was rejected', () => {
  const decisions = readdirSync(path.join(ROOT, 'docs/decisions')).filter((file) => /^\d{4}-/.test(file));
  expect(decisions.length).toBeGreaterThan(0);
  const index = textOf('docs/decisions/README.md');
  for (const file of decisions) {
    expect(index).toContain(`(${file})`);
    const text = textOf(`docs/decisions/${file}`);
    expect(text).toMatch(/^Date: \d{4}-\d{2}-\d{2}$/m);
    for (const part of ['Decision', 'Why', 'Rejected', 'Held by']) expect(text).toContain(`\n## ${part}\n`);
  }
});

it('.node-version is the Node that the lock file pins', () => {
  const { packages } = JSON.parse(textOf('package-lock.json'));
  expect(textOf('.node-version').trim()).toBe(packages['node_modules/node'].version);
});
