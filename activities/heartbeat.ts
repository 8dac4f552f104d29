/** Tells the engine every second that a send is still under way, so a dead worker is noticed within seconds. */
import { Context } from '@temporalio/activity';

const EVERY_MS = 1_000;

export async function heartbeating<T>(work: () => Promise<T>): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
