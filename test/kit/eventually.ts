/** Waiting for what other processes do. */
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Longest wait for something that the worker does, in milliseconds: how soon it comes is for the bench and the chaos run
 * to say. On two cores with a load of 6 the slowest took 10 seconds.
 */
export const SOON_MS = 45_000;
/** Between two looks: at first, and at most. Who looks often takes the processor from what is waited for. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 100;
const LONGER_EACH_TIME = 1.4;

/** What `look` finds, soon after there is something. */
export async function eventually<T>(look: () => Promise<T | undefined>, withinMs = SOON_MS): Promise<T> {
  const until = Date.now() + withinMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * LONGER_EACH_TIME, LONGEST_PAUSE_MS)) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > until) throw new Error(`nothing after ${withinMs} ms (${machineLoad()}): ${look}`);
    await wait(pause);
  }
}

/** A wait that was too short on a machine that does much else is seen as such. */
const machineLoad = () => `load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores`;
