/** What the workflow and its operators get to know of an activity that failed: what to look at, never a statement. */
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { databaseTrouble } from '../db/trouble.ts';
import { causesOf, framesOf } from '../domain/causes.ts';
import { FAULT, type FaultDetails } from '../domain/faults.ts';

/** Something outside says "later": the engine tries the activity again, for as long as it is of use. */
export class TriedAgain extends Error {}

/** So often the engine tries what fails without a known reason; then the workflow shows it, and tries it slowly. */
const FAULT_TRIES = 4;

/**
 * `faultRetryEvery`: how often the workflow tries again, in milliseconds. Of an error that nobody expected its code is
 * passed on, and nothing that it repeats: PostgreSQL's words have values in them.
 */
export const explainFailures =
  (faultRetryEvery: number): ActivityInterceptorsFactory =>
  ({ info }) => ({
    inbound: {
      async execute(input, next) {
        try {
          return await next(input);
        } catch (error) {
          if (error instanceof TriedAgain || error instanceof TemporalFailure) throw error;
          const trouble = databaseTrouble(error);
          if (trouble) throw new TriedAgain(`${trouble.cure} (retried automatically)`);
          throw faultOf(error, { isLastTry: info.attempt >= FAULT_TRIES, retryAfterMs: faultRetryEvery });
        }
      },
    },
  });

function faultOf(
  error: unknown,
  { isLastTry, retryAfterMs }: FaultDetails & { isLastTry: boolean },
): ApplicationFailure {
  const message = causesOf(error);
  const details: [FaultDetails] = [{ retryAfterMs }];
  const fault = ApplicationFailure.create({ message, type: FAULT, nonRetryable: isLastTry, details });
  fault.stack = [message, framesOf(error)].filter(Boolean).join('\n');
  return fault;
}
