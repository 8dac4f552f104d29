/** Tells the engine every second that a send is still under way, so a dead worker is noticed within seconds. */
import { Context } from '@temporalio/activity';
import { TriedAgain } from './failures.ts';

/** In milliseconds. */
export const HEARTBEAT_EVERY_MS = 1_000;
/** The SDK's word for "this worker goes now", in the failure with which an activity is cancelled. */
const WORKER_STOPS = 'WORKER_SHUTDOWN';

/** Throws when the worker stops and its time of grace is over: then another worker sends it. */
export async function heartbeating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), HEARTBEAT_EVERY_MS);
  try {
    return await Promise.race([work(), workerStops(context)]);
  } finally {
    clearInterval(timer);
  }
}

/** A send that is cancelled for another reason is finished: what left cannot be called back. */
async function workerStops(context: Context): Promise<never> {
  const { message } = await context.cancelled.catch((reason: Error) => reason);
  if (message === WORKER_STOPS)
    throw new TriedAgain('this worker was stopped while it was sending; another one continues');
  return new Promise<never>(() => undefined);
}
