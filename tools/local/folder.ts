/** `.instap/`: everything `npm start` keeps between starts. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.join(import.meta.dirname, '../..');
const FOLDER = path.join(ROOT, '.instap');

/** A path in `.instap/`. */
export const kept = (...names: string[]): string => path.join(FOLDER, ...names);

/** Creates the folders. Others can enter `.instap/` itself, because root's PostgreSQL runs as another user. */
export function makeFolder(): void {
  mkdirSync(FOLDER, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  for (const name of ['logs', 'mail', 'temporal']) mkdirSync(kept(name), { recursive: true, mode: 0o700 });
}

/** Writes a file only its owner can read, completely or not at all. */
export function keepSecret(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
