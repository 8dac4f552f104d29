/** Writes the Temporal SDK's messages to our log, with the run they are about and nothing else from their metadata. */
import { DefaultLogger, type Logger as SdkLogger } from '@temporalio/worker';
import type { Logger } from 'pino';
import { causesOf } from '../domain/causes.ts';

/** Logged for workers that only send mail and SMS. */
const ONLY_SENDS = 'No workflows registered, not polling for workflow tasks';

export function sdkLogger(log: Logger): SdkLogger {
  return new DefaultLogger('WARN', ({ level, message, meta = {} }) => {
    if (message === ONLY_SENDS) return;
    const { workflowType, workflowId, activityType, attempt, error, failure } = meta;
    // Activities and workflows use different names for it.
    const runId = meta.workflowRunId ?? meta.runId;
    const cause = error ?? failure;
    const reason = cause === undefined ? undefined : causesOf(cause);
    log[level === 'ERROR' ? 'error' : 'warn'](
      { workflowType, workflowId, runId, activityType, attempt, reason },
      message,
    );
  });
}
