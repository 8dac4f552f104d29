/** Work that is useful only for a limited time. */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';

/** Runs `activity`; if it does not succeed in the time it is useful, runs `giveUp`. */
export async function untilTooLate<T>(activity: () => Promise<T>, giveUp: () => Promise<T> | T): Promise<T> {
  try {
    return await activity();
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return giveUp();
  }
}
