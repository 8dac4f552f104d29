/**
 * A part of the service as a child process: started, supervised, restarted when it dies, stopped, with its output
 * kept.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, existsSync, renameSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { EX_CONFIG } from '../../processes/starting.ts';
import { endWithUs } from './endWithUs.ts';
import { end, type Noted, note } from './processes.ts';

const PROBE_EVERY_MS = 40;
const READY_WITHIN_MS = 60_000;
/** Short enough to stop four parts in a row in about ten seconds. */
const STOP_WITHIN_MS = 3_000;
/** After this long the start counts as successful: its next death is not an immediate one. */
const LIVED_WELL_MS = 5_000;
const LONGEST_WAIT_MS = 5_000;
const KEPT_LINES = 8;

export type PartSpec = {
  name: string;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  /** Run as this user; for PostgreSQL, which refuses to run as root. */
  uid?: number;
  gid?: number;
  /** It is ready when it printed a line containing `line`, or when `probe` says so. */
  ready: { line: string } | { probe: () => Promise<boolean> };
  stopSignal: NodeJS.Signals;
  /** Attempts before it is ever ready. Default 1. */
  firstTries?: number;
  /** Where output goes; the previous start's file is kept as `<file>.1`. Without it output is dropped. */
  logFile?: string;
  /** What to show on the screen of a line of output. */
  worthTelling?: (line: string) => string | undefined;
};

export type Part = {
  /** Rejects, with the last lines of output, when it dies before it is ever ready. */
  ready: Promise<void>;
  /** The current process id; undefined while it is down. */
  pid: () => number | undefined;
  /** Stops it, with SIGKILL after 3 s; resolves when the process is gone. It is not restarted. */
  stop: () => Promise<void>;
};

export type Supervision = {
  /** Restart it when it dies. */
  restart: boolean;
  /** Called for deaths, restarts and lines worth telling. */
  say?: (text: string) => void;
  /** Called for every process that was started. */
  started?: (process: Noted) => void;
};

const running = new Map<ChildProcess, NodeJS.Signals>();
// However this process ends, no part outlives it.
process.on('exit', () => {
  for (const [child, signal] of running) child.kill(signal);
});

export function startPart(spec: PartSpec, { restart, say, started }: Supervision): Part {
  const write = openLog(spec.logFile);
  const { promise: ready, resolve: nowReady, reject: neverReady } = Promise.withResolvers<void>();
  // A caller that stops the part before it is ready need not handle the rejection.
  ready.catch(() => undefined);
  const stopping = new AbortController();
  let process: Noted | undefined;

  async function live(): Promise<void> {
    let wasReady = false;
    let deaths = 0;
    while (!stopping.signal.aborted) {
      const begun = performance.now();
      const run = runOnce(spec, { write, say: (text) => stopping.signal.aborted || say?.(text) });
      process = run.process;
      if (process) started?.(process);
      run.ready.then(
        () => {
          if (wasReady) say?.('works again');
          wasReady = true;
          nowReady();
        },
        () => undefined,
      );
      const death = await run.death;
      process = undefined;
      if (stopping.signal.aborted) break;
      deaths = performance.now() - begun > LIVED_WELL_MS ? 1 : deaths + 1;
      const tries = wasReady ? Number.POSITIVE_INFINITY : (spec.firstTries ?? 1);
      if (death.wrongSettings || deaths >= tries || (wasReady && !restart))
        return neverReady(new Error(`${spec.name} ${death.how}\n${death.lastLines.join('\n')}`.trim()));
      const wait = deaths === 1 ? 0 : Math.min(2 ** (deaths - 2) * 1_000, LONGEST_WAIT_MS);
      if (wasReady) say?.(`${death.how}; starting it again${wait ? ` in ${wait / 1_000} s` : ''}`);
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    neverReady(new Error(`${spec.name} was stopped`));
  }

  const life = live();
  return {
    ready,
    pid: () => process?.pid,
    async stop() {
      stopping.abort();
      if (process) await end(process, spec.stopSignal, STOP_WITHIN_MS);
      await life;
    },
  };
}

type Death = { how: string; wrongSettings: boolean; lastLines: string[] };

type Run = { process: Noted | undefined; ready: Promise<void>; death: Promise<Death> };

function runOnce(
  spec: PartSpec,
  { write, say }: { write: (line: string) => void; say: (text: string) => void },
): Run {
  const { command, args, env, uid, gid } = spec;
  const child = spawn(command, args, {
    env,
    uid,
    gid,
    // PostgreSQL's user may not be able to enter the current folder.
    cwd: uid === undefined ? undefined : '/',
    stdio: ['ignore', 'pipe', 'pipe'],
    // In its own process group, so that Ctrl-C in the terminal does not end a part before its turn.
    detached: true,
  });
  running.set(child, spec.stopSignal);
  if (child.pid) endWithUs(child.pid, spec.stopSignal);
  const lastLines: string[] = [];
  const gone = new AbortController();
  const { promise: sawLine, resolve: seeLine } = Promise.withResolvers<void>();

  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => {
      write(line);
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) lastLines.shift();
      if ('line' in spec.ready && line.includes(spec.ready.line)) seeLine();
      const telling = spec.worthTelling?.(line);
      if (telling) say(telling);
    });

  const death = new Promise<Death>((resolve) => {
    const die = (how: string, code: number | null) => {
      running.delete(child);
      gone.abort();
      resolve({ how, wrongSettings: code === EX_CONFIG, lastLines });
    };
    child.on('error', (error) => die(`cannot be started: ${error.message}`, null));
    child.on('exit', (code, signal) =>
      die(signal ? `was ended by ${signal}` : `ended with exit code ${code}`, code),
    );
  });
  const ready = 'line' in spec.ready ? sawLine : probeUntilReady(spec.ready.probe, gone.signal);
  return { process: child.pid === undefined ? undefined : note(child.pid), ready, death };
}

async function probeUntilReady(probe: () => Promise<boolean>, gone: AbortSignal): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await probe())) {
    gone.throwIfAborted();
    if (performance.now() > deadline) throw new Error(`not ready within ${READY_WITHIN_MS / 1_000} s`);
    await sleep(PROBE_EVERY_MS);
  }
}

function openLog(file: string | undefined): (line: string) => void {
  if (!file) return () => undefined;
  if (existsSync(file)) renameSync(file, `${file}.1`);
  const stream = createWriteStream(file, { mode: 0o600 });
  return (line) => stream.write(`${line}\n`);
}
