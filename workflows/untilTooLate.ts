/** What is of use for a while only. */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';

/** Does `activity`; once it was tried for as long as it is of use, `giveUp`. */
export async function untilTooLate<T>(activity: () => Promise<T>, giveUp: () => Promise<T> | T): Promise<T> {
  try {
    return await activity();
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return giveUp();
  }
}
