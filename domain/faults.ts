/** What an activity reports when it cannot succeed until somebody fixes the database or the code. */

/** The failure type by which the workflow recognises it. */
export const FAULT = 'Fault';

/** Details of the failure. `retryAfterMs`: when the workflow retries by itself. */
export type FaultDetails = { retryAfterMs: number };
