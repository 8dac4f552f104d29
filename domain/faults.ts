/** What an activity says that cannot succeed until somebody fixes the database or the code. */

/** The type of its failure, by which the workflow knows it. */
export const FAULT = 'Fault';

/** What goes with it. `retryAfterMs`: when the workflow tries again by itself. */
export type FaultDetails = { retryAfterMs: number };
