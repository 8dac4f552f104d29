/** What a finished onboarding leaves in Temporal, on average. */
import type { BenchService } from './service.ts';

export type Histories = { events: number; bytes: number; signals: number };

const LOOKED_AT = 20;
const FINISHED = 'WorkflowType = "onboarding" AND ExecutionStatus = "Completed"';

export async function measureHistories({ engine }: BenchService): Promise<Histories> {
  const sum = { events: 0, bytes: 0, signals: 0 };
  let seen = 0;
  for await (const { workflowId, runId } of engine.workflow.list({ query: FINISHED })) {
    if (seen === LOOKED_AT) break;
    seen++;
    const run = engine.workflow.getHandle(workflowId, runId);
    const { historyLength, historySize = 0 } = await run.describe();
    const { events = [] } = await run.fetchHistory();
    sum.events += historyLength;
    sum.bytes += historySize;
    sum.signals += events?.filter((event) => event.workflowExecutionSignaledEventAttributes).length ?? 0;
  }
  return { events: sum.events / seen, bytes: sum.bytes / seen, signals: sum.signals / seen };
}
