/** Temporal agrees with the database, nothing in it is stuck, and every history can be replayed. */
import { isDeepStrictEqual } from 'node:util';
import type { WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import type { Db } from '../../db/connect.ts';
import { factsOf } from '../../db/onboardings.ts';
import type { OnboardingRow } from '../../db/tables.ts';
import { steps } from '../../domain/steps.ts';
import { historyFromJson } from '../../tools/histories/json.ts';
import { onboardingWorkflowId, type Status, status } from '../../workflows/signals.ts';
import type { EngineRun } from './engineRuns.ts';
import type { Findings } from './findings.ts';
import { lookAgainLater } from './lookAgain.ts';
import type { Records } from './records.ts';
import type { System } from './system.ts';

/** The states in which a run may be at the end. */
const WELL = ['RUNNING', 'COMPLETED', 'CONTINUED_AS_NEW'];

/** After this many looks the difference is permanent. */
const MOST_LOOKS = 20;

const ENDED = { completed: 'done', expired: 'expired', cancelled: 'cancelled' } as const;

/** Returns the number of histories replayed. */
export async function checkEngine(
  system: System,
  { records, runs }: { records: Records; runs: EngineRun[] },
  findings: Findings,
): Promise<number> {
  for (const { workflowId, type, status } of runs)
    if (!WELL.includes(status)) findings.add('stuck', workflowId, `its run of ${type} is ${status}`);
  for (const { row } of records.values()) await checkRun(system, row, findings);
  return replayAll(system, runs, findings);
}

async function checkRun({ engine, db }: System, row: OnboardingRow, findings: Findings): Promise<void> {
  const stuck = (what: string) => findings.add('stuck', row.id, what);
  const run = engine.workflow.getHandle(onboardingWorkflowId(row.id));
  const described = await run.describe().catch(() => undefined);
  if (!described) return stuck('it has no run');
  const wanted = row.status === 'open' ? 'RUNNING' : 'COMPLETED';
  if (described.status.name !== wanted) stuck(`${row.status}, and its run is ${described.status.name}`);
  const attempt = described.raw.pendingWorkflowTask?.attempt ?? 0;
  if (attempt > 1) stuck(`its workflow task fails, try ${attempt}`);
  const known = await atOneMoment(db, run, row.id).catch((error) =>
    stuck(`does not say its status: ${error}`),
  );
  if (known) compare(known.row, known.said, findings);
}

/** Compares both at the same moment: a mail sent in between raises the version. */
async function atOneMoment(
  db: Db,
  run: WorkflowHandle,
  id: string,
): Promise<{ row: OnboardingRow; said: Status }> {
  for (let looks = 1; ; looks++) {
    const said = await run.query(status);
    const row = (await db.sql('onboarding').where({ id }).first())!;
    if (row.version === said.version || row.status !== 'open' || looks === MOST_LOOKS) return { row, said };
    await lookAgainLater();
  }
}

function compare(row: OnboardingRow, said: Status, findings: Findings): void {
  const differs = (what: string, ours: unknown, theirs: unknown) => {
    if (isDeepStrictEqual(ours, theirs)) return;
    const [here, there] = [JSON.stringify(ours), JSON.stringify(theirs)];
    findings.add('disagree', row.id, `${what}: database ${here}, engine ${there}`);
  };
  const facts = factsOf(row);
  const { current, open } = steps(facts);
  differs('facts', facts, said.facts);
  differs('step', row.status === 'open' ? current : ENDED[row.status], said.step);
  differs('open steps', row.status === 'open' ? open : [], said.open);
  // An ended run receives no more signals.
  if (row.status === 'open') differs('version', row.version, said.version);
}

async function replayAll({ bundlePath }: System, runs: EngineRun[], findings: Findings): Promise<number> {
  // Through JSON, because the client's objects differ from those the worker reads.
  const histories = runs.map(({ workflowId, history }) => ({
    workflowId,
    history: historyFromJson(JSON.parse(JSON.stringify(history))),
  }));
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  let replayed = 0;
  const results = Worker.runReplayHistories({ workflowBundle: { codePath: bundlePath } }, histories);
  for await (const { workflowId, error } of results) {
    replayed += 1;
    if (error) findings.add('stuck', workflowId, `its history cannot be replayed: ${error.message}`);
  }
  return replayed;
}
