/** Which ports the processes of this machine's user have chosen, before anybody listens there. */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { isAlive, type Noted, note } from './processes.ts';

const CLAIMS = path.join(tmpdir(), `instap-ports-${userInfo().uid}`);

/** Takes a port for as long as this process lives; false when a process that is alive has it, this one included. */
export function claimPort(port: number): boolean {
  const file = path.join(CLAIMS, String(port));
  mkdirSync(CLAIMS, { recursive: true, mode: 0o700 });
  const owner = ownerOf(file);
  if (owner && isAlive(owner)) return false;
  if (owner) rmSync(file, { force: true });
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(note(process.pid)), { mode: 0o600 });
  try {
    // Unlike writing, linking fails when somebody was faster, and is never seen half done.
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
