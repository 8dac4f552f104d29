/** Processes by id: is it alive, is it still the one we meant, and its end. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;

/** A process as it was noted: its id alone may belong to another one by now, its time of start tells them apart. */
export type Noted = { pid: number; started: string };

/** When the process started, in the kernel's own words, or undefined when there is none. */
export function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux')
    return (
      spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim() || undefined
    );
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may hold spaces: count the fields after it.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return state === 'Z' ? undefined : `${boot} ${fields[18]}`;
  } catch {
    return undefined;
  }
}

export const note = (pid: number): Noted => ({ pid, started: startOf(pid) ?? '' });

export const isAlive = ({ pid, started }: Noted): boolean => started !== '' && startOf(pid) === started;

/** Sends `signal`; after `patienceMs` SIGKILL. Resolves when the process is gone. */
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
    // It went away in between.
  }
}
