/** A run that was reset goes on from an earlier place of its history, as if nothing had come after it. */
import { patched } from '@temporalio/workflow';
import type { Run } from './run.ts';

type Sdk = { __TEMPORAL_ACTIVATOR__?: { randomnessSeed: readonly number[] } };

/**
 * The SDK does not say that a run was reset; but from that very place on, in every replay as well, it gives the run other
 * random numbers.
 */
export const seedNow = (): unknown => (globalThis as Sdk).__TEMPORAL_ACTIVATOR__?.randomnessSeed;

/** It was reset and has not asked the database since, which knows what came after that place. */
export function isStale(run: Run): boolean {
  if (run.seed !== seedNow()) {
    run.seed = seedNow();
    // Runs that were reset before 2026-11-25 went on as they stood there.
    if (patched('asks-anew-after-reset')) {
      run.resets += 1;
      run.stale = true;
    }
  }
  return run.stale;
}
