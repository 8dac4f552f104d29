/** The screenshots that README.md and docs/*.md show. Only these are kept in git, in docs/screens/. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../local/folder.ts';

/** By their paths in docs/screens/, each once. */
export function shownPictures(): string[] {
  const docs = readdirSync(path.join(ROOT, 'docs')).filter((file) => file.endsWith('.md'));
  const shown = ['README.md', ...docs.map((file) => `docs/${file}`)].flatMap((file) => {
    const text = readFileSync(path.join(ROOT, file), 'utf8');
    return [...text.matchAll(/\bscreens\/([\w/-]+\.webp)/g)].map(([, picture]) => picture!);
  });
  return [...new Set(shown)].sort();
}
