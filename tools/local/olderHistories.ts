/**
 * The Temporal dev server's data may come from a version whose runs this code cannot replay. Then it is set aside: the
 * database has everything the runs know, and they are restarted from there.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The oldest histories that this code can replay: the first folder in test/histories/. */
export const HISTORIES_SINCE = '2026-11-28';
const NOTE = 'histories-since';

/**
 * Sets aside the contents of `folder` when they are older, and returns where they are then. Afterwards the folder
 * exists and records whose histories it will hold. `make` creates it.
 */
export function setOlderAside(folder: string, make: () => void): string | undefined {
  const note = path.join(folder, NOTE);
  const since = existsSync(note) ? readFileSync(note, 'utf8').trim() : undefined;
  if (since === HISTORIES_SINCE) return undefined;
  const isEmpty = !existsSync(path.join(folder, 'state.db'));
  const aside = `${folder}-before-${HISTORIES_SINCE}-${Date.now()}`;
  if (!isEmpty) renameSync(folder, aside);
  make();
  writeFileSync(note, `${HISTORIES_SINCE}\n`);
  return isEmpty ? undefined : aside;
}
