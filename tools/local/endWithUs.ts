/** Processes and folders that end with this one, even when it is killed and cannot clean up. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import path from 'node:path';
import { note } from './processes.ts';
import type { Watched } from './watchdog.ts';

let watchdog: ChildProcess | undefined;

/** `signal`: how the process is asked to end; SIGKILL follows when it does not. */
export function endWithUs(pid: number, signal: NodeJS.Signals): void {
  watch({ process: note(pid), signal });
}

/** Removed after the processes have ended. */
export function removeWithUs(folder: string): void {
  watch({ folder });
}

function watch(watched: Watched): void {
  watchdog ??= startWatchdog();
  watchdog.stdin!.write(`${JSON.stringify(watched)}\n`);
}

/**
 * It reads our pipe until that closes, which the kernel guarantees. It keeps neither this process nor its terminal
 * open.
 */
function startWatchdog(): ChildProcess {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'watchdog.ts')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  const line = child.stdin as Socket;
  line.unref();
  // Everything works without it, except that a kill leaves processes behind.
  line.on('error', () => undefined);
  child.on('error', () => undefined);
  return child;
}
