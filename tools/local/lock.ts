/** Only one `npm start` at a time per `.instap/`, and no child process left behind by a killed one. */
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepSecret, kept } from './folder.ts';
import { end, isAlive, type Noted, note } from './processes.ts';

const CHILD_STOPS_WITHIN_MS = 5_000;
const SETTLE_MS = 100;

/** What other commands may know about the running `npm start`. */
export type Running = Noted & { publicUrl?: string; trialUrl?: string; temporalUi?: string };

const LOCK = kept('lock');
const CHILDREN = kept('children');

/** The `npm start` that is running now. */
export function running(): Running | undefined {
  const lock = read<Running>(LOCK);
  return lock && isAlive(lock) ? lock : undefined;
}

/** Takes the lock; otherwise returns its holder. */
export async function lock(): Promise<Running | undefined> {
  const stale = existsSync(LOCK);
  const other = running();
  if (other) return other;
  const mine = `${LOCK}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(note(process.pid)));
  rmSync(LOCK, { force: true });
  try {
    // Unlike writing, linking fails when another process was faster.
    linkSync(mine, LOCK);
  } catch {
    return running() ?? lock();
  } finally {
    rmSync(mine);
  }
  // Another process that met the same stale lock may have removed ours instead: the last one keeps it.
  if (stale) await sleep(SETTLE_MS);
  const owner = running();
  return owner?.pid === process.pid ? undefined : owner;
}

/** Publishes the addresses. Only for the holder of the lock. */
export function announce(addresses: Omit<Running, keyof Noted>): void {
  keepSecret(LOCK, JSON.stringify({ ...note(process.pid), ...addresses }));
}

export function unlock(): void {
  rmSync(LOCK, { force: true });
  rmSync(CHILDREN, { force: true });
}

/** Remembers a child process, so that the next start can end it if this one cannot. */
export function remember(child: Noted): void {
  const living = (read<Noted[]>(CHILDREN) ?? []).filter(isAlive);
  keepSecret(CHILDREN, JSON.stringify([...living, child]));
}

/** Ends the child processes of a killed start; returns their number. */
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
    // Half written by a start that was killed, so it counts as absent.
    return undefined;
  }
}
