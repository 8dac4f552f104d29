/** Metrics about the state of the tables. Every worker measures the same, so use one of them, not their sum. */

import type { MetricMeter } from '@temporalio/common';
import type { Logger } from 'pino';
import type { Db } from '../db/connect.ts';
import { AGES, countUnfinished, measureOutbox } from '../db/measures.ts';
import { NO_FACTS } from '../domain/facts.ts';
import { STEPS, steps } from '../domain/steps.ts';
import { singleFlight } from '../outbox/singleFlight.ts';

/** Prometheus's usual scrape interval. */
const MEASURE_EVERY_MS = 15_000;
const AT_STEPS = [...STEPS, 'activate'] as const;

/** Starts at once. `stop` resolves when nothing is under way any more. */
export function startMeasuring({ db, meter, log }: { db: Db; meter: MetricMeter; log: Logger }): {
  stop(): Promise<void>;
} {
  const people = meter.createGauge(
    'instap_people',
    'int',
    '',
    'People who have not finished, by the step they are at and for how long.',
  );
  const waiting = meter.createGauge('instap_outbox_rows', 'int', '', 'Rows that wait for Temporal.');
  const oldest = meter.createGauge(
    'instap_outbox_oldest_seconds',
    'float',
    '',
    'How long the oldest row of the outbox has waited for Temporal.',
  );

  async function countPeople(): Promise<void> {
    const counts = new Map<string, number>();
    for (const { age, count, ...facts } of await countUnfinished(db)) {
      const key = `${steps({ ...NO_FACTS, ...facts }).current} ${age}`;
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
    // Also set zero, because a gauge that is not set keeps its last value.
    for (const step of AT_STEPS)
      for (const age of AGES) people.set(counts.get(`${step} ${age}`) ?? 0, { step, age });
  }

  async function lookAtOutbox(): Promise<void> {
    const outbox = await measureOutbox(db);
    waiting.set(outbox.waiting);
    oldest.set(outbox.oldestS);
  }

  const measure = singleFlight(log, 'the metrics could not be measured', async () => {
    await countPeople();
    await lookAtOutbox();
  });
  measure.begin();
  const measuring = setInterval(measure.begin, MEASURE_EVERY_MS);
  return {
    async stop() {
      clearInterval(measuring);
      await measure.idle();
    },
  };
}
