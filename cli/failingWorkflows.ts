/**
 * Runs whose workflow task fails because of a bug in the code. They keep running, and no filter of the UI finds them.
 */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import pLimit from 'p-limit';
import { runsOf } from '../workflows/signals.ts';

/** Runs checked at the same time. */
const AT_ONCE = 10;
/** Runs held in memory. */
const BATCH = 500;
/** Time limit of one request to Temporal, in milliseconds. */
const ANSWER_WITHIN_MS = 10_000;
/** How many events from the end of a history are searched for the failure. */
const LAST_EVENTS = 20;

export type Failing = { workflowId: string; attempts: number; since: Date; reason: string };

/** Checks every running workflow of `taskQueue`, and yields failing ones as they are found. */
export async function* failingRuns(
  engine: Client,
  { taskQueue, namespace }: { taskQueue: string; namespace: string },
): AsyncGenerator<Failing> {
  const limit = pLimit(AT_ONCE);
  const look = (run: WorkflowExecutionInfo) => limit(() => failure(engine, run, namespace));
  let batch: WorkflowExecutionInfo[] = [];
  const query = `${runsOf(taskQueue)} AND ExecutionStatus = 'Running'`;
  for await (const run of engine.workflow.list({ query })) {
    if (batch.push(run) < BATCH) continue;
    yield* (await Promise.all(batch.map(look))).filter((found) => found !== undefined);
    batch = [];
  }
  yield* (await Promise.all(batch.map(look))).filter((found) => found !== undefined);
}

async function failure(
  { connection, workflow }: Client,
  { workflowId, runId }: WorkflowExecutionInfo,
  namespace: string,
): Promise<Failing | undefined> {
  return connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, async () => {
    const { raw } = await workflow.getHandle(workflowId, runId).describe();
    const attempts = raw.pendingWorkflowTask?.attempt ?? 1;
    if (attempts <= 1) return undefined;
    const { history } = await connection.workflowService.getWorkflowExecutionHistoryReverse({
      namespace,
      execution: { workflowId, runId },
      maximumPageSize: LAST_EVENTS,
    });
    // Of many equal failures the history only holds the first.
    const event = history?.events?.find((one) => one.workflowTaskFailedEventAttributes);
    const words = event?.workflowTaskFailedEventAttributes?.failure?.message ?? 'no worker answered in time';
    const began = event?.eventTime ?? raw.pendingWorkflowTask?.originalScheduledTime;
    return {
      workflowId,
      attempts,
      since: new Date(Number(began?.seconds ?? 0) * 1000),
      reason: words.split('\n', 1)[0]!,
    };
  });
}
