/** Work that nobody waits for, so that an answer does not tell by its time whether there was any. */
import type { Logger } from 'pino';
import { causesOf } from '../domain/causes.ts';

export type Later = {
  /** Begins `work` at once; what goes wrong is logged. */
  run(work: () => Promise<void>): void;
  /** Resolves when nothing is under way any more. */
  idle(): Promise<void>;
};

export function createLater(log: Logger): Later {
  const underWay = new Set<Promise<void>>();
  return {
    run(work) {
      const done = work()
        .catch((error) =>
          log.error({ reason: causesOf(error) }, 'what was to be done after an answer failed'),
        )
        .finally(() => underWay.delete(done));
      underWay.add(done);
    },
    async idle() {
      while (underWay.size) await Promise.all(underWay);
    },
  };
}
