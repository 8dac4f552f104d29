/**
 * What the workflow and its operators are told about a failed activity: a hint where to look, never an SQL statement.
 */
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { databaseFailure } from '../db/databaseFailure.ts';
import { causesOf, framesOf } from '../domain/causes.ts';
import { FAULT, type FaultDetails } from '../domain/faults.ts';

/** Something outside is unavailable for now: Temporal retries the activity for as long as it is useful. */
export class TriedAgain extends Error {}

/**
 * How often Temporal tries an activity that fails for no known reason; after that the workflow shows it and retries
 * slowly.
 */
const FAULT_TRIES = 4;

/**
 * `faultRetryEvery`: how often the workflow retries, in milliseconds. An unexpected error is reported by its code
 * only, because PostgreSQL's messages contain values.
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
          const failure = databaseFailure(error);
          if (failure) throw new TriedAgain(`${failure.hint} (retried automatically)`);
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
