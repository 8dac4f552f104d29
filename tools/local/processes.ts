/** Processes by id: whether one is alive and still the same, and how to end it. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

/** A process as recorded: the id alone may have been reused, and the start time tells them apart. */
export type Noted = { pid: number; started: string };

/** When the process started, as the kernel writes it; undefined when there is none. */
export function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux')
    return (
      spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim() || undefined
    );
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name is in parentheses and may contain spaces: count the fields after it.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return state === 'Z' ? undefined : `${boot} ${fields[18]}`;
  } catch {
    return undefined;
  }
}

export const note = (pid: number): Noted => ({ pid, started: startOf(pid) ?? '' });

export const isAlive = ({ pid, started }: Noted): boolean => started !== '' && startOf(pid) === started;

/** Sends `signal`, and SIGKILL after `patienceMs`. Resolves when the process is gone. */
export async function end(noted: Noted, signal: NodeJS.Signals, patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  send(noted, signal);
  while (isAlive(noted)) {
    if (performance.now() > deadline) send(noted, 'SIGKILL');
    await sleep(LOOK_EVERY_MS);
  }
}

function send(noted: Noted, signal: NodeJS.Signals): void {
  try {
    if (isAlive(noted)) process.kill(noted.pid, signal);
  } catch {
    // It ended in between.
  }
}
