/** Repeated work that never overlaps with itself in a process; a failure is only logged. */
import type { Logger } from 'pino';
import { causesOf } from '../domain/causes.ts';

export type SingleFlight = { begin(): void; idle(): Promise<void> };

/** `failureMessage`: what the log says when `work` fails. */
export function singleFlight(
  log: Logger,
  failureMessage: string,
  work: () => Promise<unknown>,
): SingleFlight {
  let underWay: Promise<void> | undefined;
  async function run(): Promise<void> {
    await work().catch((error) => log.warn({ reason: causesOf(error) }, failureMessage));
    underWay = undefined;
  }
  return {
    begin() {
      underWay ??= run();
    },
    async idle() {
      await underWay;
    },
  };
}
