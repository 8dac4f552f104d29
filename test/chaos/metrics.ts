/** Reads the metrics of web and workers continuously, because a killed process loses them. */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { System } from './system.ts';

const EVERY_MS = 3_000;

/** Appends them to a log in the run's folder until `signal`; all logs are searched at the end. */
export async function keepMetrics({ metrics, folder }: System, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const url of metrics) {
      const text = await fetch(url, { signal: AbortSignal.timeout(EVERY_MS) })
        .then((answer) => answer.text())
        // It is down at the moment.
        .catch(() => '');
      appendFileSync(path.join(folder, 'metrics.log'), text);
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
