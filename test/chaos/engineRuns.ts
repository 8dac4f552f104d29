/** Everything Temporal holds of every run: its list entry, description and history. */
import { historyToJson } from '../../tools/histories/json.ts';
import { runsOf } from '../../workflows/signals.ts';
import { TASK_QUEUE } from './environment.ts';
import type { System } from './system.ts';

export type Signalled = { name: string; payload: unknown };

/** An activity whose outcome is in the history. */
export type Acted = {
  name: string;
  input: Record<string, unknown>;
  /** Its result; undefined when it was cancelled or failed for good. */
  result: unknown;
};

export type EngineRun = {
  workflowId: string;
  /** The workflow's name. */
  type: string;
  /** As Temporal calls it: RUNNING, COMPLETED, FAILED, … */
  status: string;
  signals: Signalled[];
  acted: Acted[];
  /** Names of activities being retried. */
  pending: string[];
  /** As Temporal's UI and command line export it. */
  history: unknown;
  /** Everything as text, including decoded payloads. */
  text: string;
};

export async function readEngine({ engine }: System): Promise<EngineRun[]> {
  const runs: EngineRun[] = [];
  for await (const listed of engine.workflow.list({ query: runsOf(TASK_QUEUE) })) {
    const { workflowId, runId, type } = listed;
    const run = engine.workflow.getHandle(workflowId, runId);
    const described = await run.describe().catch(() => undefined);
    // Erased: the list lags slightly.
    if (!described) continue;
    const history = historyToJson(await run.fetchHistory());
    const parts = [listed.raw, described.raw, history].map((part) => JSON.stringify(part));
    const { events } = history as { events: HistoryEvent[] };
    runs.push({
      workflowId,
      type,
      status: described.status.name,
      signals: signalsIn(events),
      pending: (described.raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name ?? ''),
      acted: actedIn(events),
      history,
      text: parts.flatMap(withPayloads).join('\n'),
    });
  }
  return runs;
}

type Payloads = { payloads?: { data?: string }[] };

/** The parts of an event that are used here. */
type HistoryEvent = {
  eventId: string;
  workflowExecutionSignaledEventAttributes?: { signalName: string; input?: Payloads };
  activityTaskScheduledEventAttributes?: { activityType: { name: string }; input?: Payloads };
  activityTaskCompletedEventAttributes?: { scheduledEventId: string; result?: Payloads };
  activityTaskFailedEventAttributes?: { scheduledEventId: string };
  activityTaskCanceledEventAttributes?: { scheduledEventId: string };
  activityTaskTimedOutEventAttributes?: { scheduledEventId: string };
};

function firstOf(payloads: Payloads | undefined): unknown {
  const data = payloads?.payloads?.[0]?.data;
  return data ? JSON.parse(Buffer.from(data, 'base64').toString()) : undefined;
}

const signalsIn = (events: HistoryEvent[]): Signalled[] =>
  events.flatMap(({ workflowExecutionSignaledEventAttributes: said }) =>
    said ? [{ name: said.signalName, payload: firstOf(said.input) }] : [],
  );

function actedIn(events: HistoryEvent[]): Acted[] {
  const begun = new Map<string, Omit<Acted, 'result'>>();
  return events.flatMap((event) => {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled)
      begun.set(event.eventId, {
        name: scheduled.activityType.name,
        input: firstOf(scheduled.input) as Acted['input'],
      });
    const completed = event.activityTaskCompletedEventAttributes;
    const over =
      completed ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskCanceledEventAttributes ??
      event.activityTaskTimedOutEventAttributes;
    const one = over && begun.get(over.scheduledEventId);
    return one ? [{ ...one, result: firstOf(completed?.result) }] : [];
  });
}

const withPayloads = (text: string): string[] => [
  text,
  ...[...text.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString(),
  ),
];
