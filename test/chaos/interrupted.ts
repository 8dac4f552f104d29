/** Sends that a kill interrupted: how long until the next try of the same mail or SMS. */
import type { ChildProcess } from './childProcesses.ts';
import type { Records } from './records.ts';

/** A kill later than this after the try began did not interrupt it. */
const LONGEST_TRY_MS = 25_000;

/** In seconds, one entry each. Sends that were no longer needed are left out. */
export function secondsInterrupted(childProcesses: ChildProcess[], records: Records): number[] {
  const kills = childProcesses.flatMap(({ kind, outages }) =>
    kind === 'web' ? [] : outages.map(({ from }) => from),
  );
  return [...records.values()].flatMap(({ tries }) =>
    tries
      .filter(({ outcome }) => outcome === null)
      .flatMap(({ subjectId, begunAt }) => {
        const began = begunAt.getTime();
        const killedAt = kills.filter((at) => at >= began && at < began + LONGEST_TRY_MS).sort()[0];
        // After failed tries the wait is longer on purpose.
        const isFirst = tries.find((one) => one.subjectId === subjectId)?.begunAt === begunAt;
        const next = tries.find((one) => one.subjectId === subjectId && one.begunAt > begunAt);
        return isFirst && killedAt && next ? [Math.max(0, next.begunAt.getTime() - killedAt) / 1_000] : [];
      }),
  );
}
