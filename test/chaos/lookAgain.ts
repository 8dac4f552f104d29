/** How long somebody waits before looking again. */
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_AGAIN_MS = 150;

/** `times` as long. */
export const lookAgainLater = async (times = 1): Promise<void> => {
  await sleep(times * LOOK_AGAIN_MS);
};
