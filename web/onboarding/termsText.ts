/** The terms of use: Markdown files `<version>.<locale>.md`, where the version is a date; the newest applies. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { marked } from 'marked';
import type { Locale } from '../../domain/locale.ts';
import { WrongSettings } from '../../domain/wrongSettings.ts';
import { type Html, trusted } from '../ui/html.ts';

export type TermsText = { markup: Html; hash: string };

export type Terms = { version: string; texts: Record<Locale, TermsText> };

/** Throws with a hint when there are none, or the newest version lacks a language. */
export async function loadTerms(folder: string): Promise<Terms> {
  const names = await readdir(folder).catch(() => []);
  const version = names
    .map((name) => /^(\d{4}-\d{2}-\d{2})\.(nl|en)\.md$/.exec(name)?.[1])
    .filter((name) => name !== undefined)
    .sort()
    .at(-1);
  const missing = (name: string) =>
    new WrongSettings(`TERMS_FOLDER: there is no ${name} to read in ${folder}`);
  if (!version) throw missing('<date>.nl.md and <date>.en.md');
  const text = async (locale: Locale): Promise<TermsText> => {
    const name = `${version}.${locale}.md`;
    const source = await readFile(path.join(folder, name), 'utf8').catch(() => {
      throw missing(name);
    });
    const markup = trusted(await marked.parse(source));
    return { markup, hash: createHash('sha256').update(source).digest('hex') };
  };
  return { version, texts: { nl: await text('nl'), en: await text('en') } };
}
