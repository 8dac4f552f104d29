/** Work that is begun again and again, never twice at once in a process, and whose failure is logged and no more. */
import type { Logger } from 'pino';
import { causesOf } from '../domain/causes.ts';

export type SingleFlight = { begin(): void; idle(): Promise<void> };

/** `trouble`: what the log says when `work` failed. */
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
