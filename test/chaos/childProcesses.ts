/** The processes that are killed: each is restarted, with a record of its outages. */
import type { Part, Supervision } from '../../tools/local/childProcesses.ts';

export type Kind = 'web' | 'worker' | 'temporal' | 'postgres';

/** From a kill until it was ready again, in milliseconds since the epoch; no `until` while it is down. */
export type Outage = { from: number; until?: number };

export type ChildProcess = {
  name: string;
  kind: Kind;
  isUp(): boolean;
  /** SIGKILL. False when it was down already. */
  kill(): boolean;
  outages: Outage[];
};

export type ProcessListener = {
  /** Called for every kill. */
  killed: (part: ChildProcess) => void;
  /** Called for deaths and restarts. */
  say: (text: string) => void;
};

/** Called when a process did useful work again. `begunAt`: when that was requested, in milliseconds since the epoch. */
export type WorkListener = (part: ChildProcess, begunAt: number) => void;

/** Starts a process under this supervision. */
export type StartSupervised<P> = (supervision: Supervision) => Promise<P> | P;

export type ChildProcesses = {
  list: ChildProcess[];
  /** Resolves when it is ready. */
  start<P extends Part>(called: { name: string; kind: Kind }, begin: StartSupervised<P>): Promise<P>;
  /** Does nothing while it is down. */
  kill(name: string): void;
  /** `begunAt`: when the work was requested, in milliseconds since the epoch. */
  worked(name: string, begunAt: number): void;
  onWork(listener: WorkListener): void;
};

/** `stops`: each started process adds a function that stops it, to be called last first. */
export function createChildProcesses(listener: ProcessListener, stops: (() => unknown)[]): ChildProcesses {
  const list: ChildProcess[] = [];
  const listeners: WorkListener[] = [];
  const named = (name: string) => list.find((part) => part.name === name);
  return {
    list,
    async start(called, begin) {
      const { killable, part } = await startKillable(called, begin, listener);
      stops.push(() => part.stop());
      list.push(killable);
      return part;
    },
    kill: (name) => void named(name)?.kill(),
    worked(name, begunAt) {
      const part = named(name);
      if (part) for (const listener of listeners) listener(part, begunAt);
    },
    onWork: (listener) => void listeners.push(listener),
  };
}

async function startKillable<P extends Part>(
  { name, kind }: { name: string; kind: Kind },
  begin: StartSupervised<P>,
  listener: ProcessListener,
): Promise<{ killable: ChildProcess; part: P }> {
  const outages: Outage[] = [];
  let up = false;
  const part = await begin({
    restart: true,
    say(text) {
      listener.say(`${name} ${text}`);
      if (text !== 'works again') return;
      up = true;
      const last = outages.at(-1);
      if (last) last.until ??= Date.now();
    },
  });
  await part.ready;
  up = true;
  const killable: ChildProcess = {
    name,
    kind,
    outages,
    isUp: () => up,
    kill() {
      const pid = part.pid();
      if (!up || pid === undefined) return false;
      up = false;
      outages.push({ from: Date.now() });
      process.kill(pid, 'SIGKILL');
      listener.killed(killable);
      return true;
    },
  };
  return { killable, part };
}
