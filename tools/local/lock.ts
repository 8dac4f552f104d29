/** One `npm start` at a time on the same `.instap/`, and no child of a killed one left behind. */
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepSecret, kept } from './folder.ts';
import { end, isAlive, type Noted, note } from './processes.ts';

const CHILD_STOPS_WITHIN_MS = 5_000;
const SETTLE_MS = 100;

/** What others may know of the `npm start` that runs. */
export type Running = Noted & { publicUrl?: string; trialUrl?: string; temporalUi?: string };

const LOCK = kept('lock');
const CHILDREN = kept('children');

/** The `npm start` that runs now. */
export function running(): Running | undefined {
  const lock = read<Running>(LOCK);
  return lock && isAlive(lock) ? lock : undefined;
}

/** Takes the lock; otherwise says who has it. */
export async function lock(): Promise<Running | undefined> {
  const stale = existsSync(LOCK);
  const other = running();
  if (other) return other;
  const mine = `${LOCK}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(note(process.pid)));
  rmSync(LOCK, { force: true });
  try {
    // Unlike writing, linking fails when somebody was faster.
    linkSync(mine, LOCK);
  } catch {
    return running() ?? lock();
  } finally {
    rmSync(mine);
  }
  // Somebody who met the same stale lock may have removed ours instead: the last one keeps it.
  if (stale) await sleep(SETTLE_MS);
  const owner = running();
  return owner?.pid === process.pid ? undefined : owner;
}

/** Tells others the addresses. Only for the one who has the lock. */
export function announce(addresses: Omit<Running, keyof Noted>): void {
  keepSecret(LOCK, JSON.stringify({ ...note(process.pid), ...addresses }));
}

export function unlock(): void {
  rmSync(LOCK, { force: true });
  rmSync(CHILDREN, { force: true });
}

/** Remembers a child, so that the next start can end it if this one cannot. */
export function remember(child: Noted): void {
  const living = (read<Noted[]>(CHILDREN) ?? []).filter(isAlive);
  keepSecret(CHILDREN, JSON.stringify([...living, child]));
}

/** Ends the children of a start that was killed; how many there were. */
export async function endLeftovers(): Promise<number> {
  const left = (read<Noted[]>(CHILDREN) ?? []).filter(isAlive);
  await Promise.all(left.map((child) => end(child, 'SIGTERM', CHILD_STOPS_WITHIN_MS)));
  rmSync(CHILDREN, { force: true });
  return left.length;
}

function read<T>(file: string): T | undefined {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  } catch {
    // Half written by a start that was killed: as good as none.
    return undefined;
  }
}
