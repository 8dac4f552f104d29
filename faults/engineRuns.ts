/** All that the engine holds of every run: its place in the list, its description, its history. */
import { historyToJson } from '../dev/historyJson.ts';
import { TASK_QUEUE } from './environment.ts';
import type { System } from './system.ts';

export type EngineRun = {
  workflowId: string;
  /** As Temporal's UI and command line write it. */
  history: unknown;
  /** Everything as text, and what its payloads hold decoded. */
  text: string;
};

export async function readEngine({ engine }: System): Promise<EngineRun[]> {
  const runs: EngineRun[] = [];
  for await (const listed of engine.workflow.list({ query: `TaskQueue = '${TASK_QUEUE}'` })) {
    const { workflowId, runId } = listed;
    const run = engine.workflow.getHandle(workflowId, runId);
    const history = historyToJson(await run.fetchHistory());
    const parts = [listed.raw, (await run.describe()).raw, history].map((part) => JSON.stringify(part));
    runs.push({ workflowId, history, text: parts.flatMap(withPayloads).join('\n') });
  }
  return runs;
}

const withPayloads = (text: string): string[] => [
  text,
  ...[...text.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString(),
  ),
];
