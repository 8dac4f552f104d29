/**
 * How long it takes to go on after a kill. Two numbers, each counted until the next thing that somebody needed, so the
 * wait for somebody who needs it is in them, too:
 * - the service: a web answered a request that came after the kill (with data of PostgreSQL); a worker sent a mail or SMS,
 *   or opened an account (through Temporal);
 * - the very process that was killed did so itself again.
 * What the kill interrupted is looked up afterwards: see interrupted.ts.
 */
import type { ChildProcess, Kind } from './childProcesses.ts';

export type Resuming = {
  killed(part: ChildProcess): void;
  /** `begunAt`: when the work was requested, in milliseconds since the epoch. */
  worked(part: ChildProcess, begunAt: number): void;
  /** Seconds from each kill until the service resumed. If it was not needed again, until the end of the run. */
  ofService(): number[];
  /** Seconds from each kill until that process worked again. */
  ofProcess(kind: Kind): number[];
};

type Wait = { part: ChildProcess; at: number; service?: number; process?: number };

export function measureResuming(): Resuming {
  const waits: Wait[] = [];
  return {
    killed: (part) => void waits.push({ part, at: Date.now() }),
    worked(part, begunAt) {
      if (!part.isUp()) return;
      for (const wait of waits.filter(({ at }) => at < begunAt)) {
        const seconds = (Date.now() - wait.at) / 1_000;
        if (wait.part.kind === part.kind) wait.service ??= seconds;
        if (wait.part === part) wait.process ??= seconds;
      }
    },
    ofService: () => waits.map(({ service, at }) => service ?? (Date.now() - at) / 1_000),
    ofProcess: (kind) =>
      waits
        .filter(({ part }) => part.kind === kind)
        .map(({ process, at }) => process ?? (Date.now() - at) / 1_000),
  };
}

/** The value that `share` of a list does not exceed. */
export function quantile(list: number[], share: number): number {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
