/** The ports chosen by this user's processes before anybody listens on them. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { isAlive, type Noted, note } from './processes.ts';

const CLAIMS = path.join(tmpdir(), `instap-ports-${userInfo().uid}`);

/** Claims a port for the life of this process; false when a living process has claimed it, including this one. */
export function claimPort(port: number): boolean {
  const file = path.join(CLAIMS, String(port));
  mkdirSync(CLAIMS, { recursive: true, mode: 0o700 });
  const owner = ownerOf(file);
  if (owner && isAlive(owner)) return false;
  if (owner) rmSync(file, { force: true });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(note(process.pid)), { mode: 0o600 });
  try {
    // Unlike writing, linking fails when another process was faster, and is never seen half done.
    linkSync(mine, file);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(mine);
  }
}

function ownerOf(file: string): Noted | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
