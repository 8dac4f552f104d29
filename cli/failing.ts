/** Runs whose workflow task fails: a fault in the code. They go on running, and no filter of the UI finds them. */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import pLimit from 'p-limit';
import { runsOf } from '../workflows/signals.ts';

/** Runs that are looked at side by side. */
const AT_ONCE = 10;
/** Runs that are held in memory. */
const BATCH = 500;
/** How long one question to the engine may take, in milliseconds. */
const ANSWER_WITHIN_MS = 10_000;
/** Events from the end of a history, among which the failure is. */
const LAST_EVENTS = 20;

export type Failing = { workflowId: string; attempts: number; since: Date; reason: string };

/** Looks at every run of `taskQueue` that goes on now, and gives those that fail, as they are found. */
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
    // Only the first of many equal failures is written down.
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
