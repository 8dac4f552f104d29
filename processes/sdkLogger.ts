/** What the engine's SDK has to say, in the one log: of which run it is, and nothing else of what it knows. */
import { DefaultLogger, type Logger as SdkLogger } from '@temporalio/worker';
import type { Logger } from 'pino';
import { causesOf } from '../domain/causes.ts';

/** Said of the workers that send mail and SMS and nothing else. */
const ONLY_SENDS = 'No workflows registered, not polling for workflow tasks';

export function sdkLogger(log: Logger): SdkLogger {
  return new DefaultLogger('WARN', ({ level, message, meta = {} }) => {
    if (message === ONLY_SENDS) return;
    const { workflowType, workflowId, activityType, attempt, error, failure } = meta;
    // The same thing by two names: of an activity, of a workflow.
    const runId = meta.workflowRunId ?? meta.runId;
    const cause = error ?? failure;
    const reason = cause === undefined ? undefined : causesOf(cause);
    log[level === 'ERROR' ? 'error' : 'warn'](
      { workflowType, workflowId, runId, activityType, attempt, reason },
      message,
    );
  });
}
