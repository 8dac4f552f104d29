/** Waiting for what other processes do. */
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Longest wait for something that the worker does, in milliseconds: how soon it comes is for the bench and the chaos run
 * to say. On two cores with a load of 6 the slowest took 10 seconds.
 */
export const SOON_MS = 45_000;
const LOOK_EVERY_MS = 25;

/** What `look` finds, as soon as it finds something. */
export async function eventually<T>(look: () => Promise<T | undefined>, withinMs = SOON_MS): Promise<T> {
  for (const until = Date.now() + withinMs; ; ) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`nothing after ${withinMs} ms (${machineLoad()}): ${look}`);
    await wait(LOOK_EVERY_MS);
  }
}

/** A wait that was too short on a machine that does much else is seen as such. */
const machineLoad = () => `load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores`;
