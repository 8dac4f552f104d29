/**
 * What the Temporal dev server has kept may have been written by a version whose runs this code cannot go on with. Then
 * it is set aside: everything that a run knows is in the database, from where each is started again.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The oldest histories that this code goes on with: the first folder in test/histories/. */
export const HISTORIES_SINCE = '2026-11-28';
const NOTE = 'histories-since';

/**
 * Sets aside what is in `folder` when it is older, and returns where it is then. The folder is there afterwards, and says
 * whose histories it will hold. `make` makes it.
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
