/** Tells Temporal every second that a send is under way, so that a dead worker is noticed within seconds. */
import { Context } from '@temporalio/activity';
import { TriedAgain } from './failures.ts';

/** In milliseconds. */
export const HEARTBEAT_EVERY_MS = 1_000;
/** The SDK's reason when it cancels an activity because the worker is shutting down. */
const WORKER_STOPS = 'WORKER_SHUTDOWN';

/** Throws when the worker's grace period ends; another worker then sends it. */
export async function heartbeating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), HEARTBEAT_EVERY_MS);
  try {
    return await Promise.race([work(), workerStops(context)]);
  } finally {
    clearInterval(timer);
  }
}

/** A send that is cancelled for any other reason is completed: what was sent cannot be recalled. */
async function workerStops(context: Context): Promise<never> {
  const { message } = await context.cancelled.catch((reason: Error) => reason);
  if (message === WORKER_STOPS)
    throw new TriedAgain('this worker was stopped while it was sending; another one continues');
  return new Promise<never>(() => undefined);
}
