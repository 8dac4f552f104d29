/** The end of a run: everything that was acknowledged is compared with the database, Temporal, and what was sent. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Onboarding, onboarding } from '../../db/onboardings.ts';
import { runsOf } from '../../workflows/signals.ts';
import { checkArrivals } from './checkArrivals.ts';
import { checkAwaited } from './checkAwaited.ts';
import { checkCorrections } from './checkCorrections.ts';
import { checkDatabase } from './checkDatabase.ts';
import { checkEngine } from './checkEngine.ts';
import { checkPrivacy } from './checkPrivacy.ts';
import { checkPeople, checkPromises } from './checkPromises.ts';
import { checkReminders } from './checkReminders.ts';
import { checkSends } from './checkSends.ts';
import { checkSignals } from './checkSignals.ts';
import { readEngine } from './engineRuns.ts';
import { TASK_QUEUE } from './environment.ts';
import { createFindings, type Findings } from './findings.ts';
import type { Account, Ledger } from './ledger.ts';
import { readOutboxLog } from './outboxLog.ts';
import { type Records, readRecords } from './records.ts';
import type { System } from './system.ts';

/** How long pending signals, retried mails and ending runs may take, in milliseconds. */
const SETTLED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;

export type AssertionResults = {
  findings: Findings;
  repeatsInFlight: number;
  replayed: number;
  records: Records;
};

export async function assertOutcome(
  system: System,
  { ledger, remindAfterMs }: { ledger: Ledger; remindAfterMs: number[] },
): Promise<AssertionResults> {
  const findings = createFindings();
  const unsettled = await settle(system);
  for (const what of unsettled) findings.add('stuck', 'the service', what);
  // Reminders continue, so anything after this is ignored. Temporal is read last, because it knows most.
  const settledAt = Date.now();
  const records = await readRecords(system.db);
  const rows = await readOutboxLog(system.db);
  for (const account of ledger.accounts)
    if (!account.finished && !account.stopped && !account.erased)
      findings.add('stuck', account.email, `could not finish: ${whereabouts(account, records)}`);
  checkPromises(ledger, records, findings);
  await checkPeople(system.db, ledger, findings);
  await checkCorrections(system, { ledger, records }, findings);
  checkDatabase(records, findings);
  const repeatsInFlight = checkSends(system, findings);
  const runs = await readEngine(system);
  checkArrivals({ deliveries: system.deliveries, ledger, records, runs, settledAt }, findings);
  checkSignals({ rows, runs, records }, findings);
  checkReminders({ records, runs, remindAfterMs, at: settledAt }, findings);
  const replayed = await checkEngine(system, { records, runs }, findings);
  await checkPrivacy(system, { ledger, runs }, findings);
  await checkAwaited(system, ledger, findings);
  return { findings, repeatsInFlight, replayed, records };
}

/** The page a person saw last, and the state of their codes. */
function whereabouts({ lastSeen, correction, personId }: Account, records: Records): string {
  const codes = (records.get(personId)?.codes ?? []).map(
    ({ purpose, requestedAt, usedAt, sentAt, failure }) =>
      `${purpose} ${requestedAt.toISOString()} ${failure ?? (usedAt ? 'used' : sentAt ? 'sent' : 'not sent')}`,
  );
  const atTheOldAddress = correction ? [`at the old address: ${correction.old.lastSeen}`] : [];
  return [lastSeen, ...atTheOldAddress, ...codes].join('; ');
}

/** Waits until nothing is left to do; returns what is left after a while. */
async function settle({ db, engine }: System): Promise<string[]> {
  for (const until = Date.now() + SETTLED_WITHIN_MS; ; await sleep(LOOK_EVERY_MS)) {
    const waiting = await db.sql('outbox').select('subjectId', 'signal');
    const busy = waiting.map(({ subjectId, signal }) => `outbox ${subjectId} ${signal}`);
    const query = `${runsOf(TASK_QUEUE)} AND ExecutionStatus = 'Running'`;
    for await (const { workflowId } of engine.workflow.list({ query })) {
      const run = await engine.workflow
        .getHandle(workflowId)
        .describe()
        .catch(() => undefined);
      // Erased meanwhile.
      if (!run) continue;
      const { pendingActivities, pendingWorkflowTask } = run.raw;
      const row: Onboarding | undefined = await onboarding(db, workflowId.slice('onboarding-'.length)).catch(
        () => undefined,
      );
      if (row?.status === 'open' && !pendingActivities?.length && !pendingWorkflowTask) continue;
      // Temporal's list lags slightly.
      if (run.status.name !== 'RUNNING') continue;
      const doing = pendingActivities?.map(
        ({ activityType, attempt, lastFailure }) =>
          `${activityType?.name} ${attempt} (${lastFailure?.message ?? 'no failure'})`,
      );
      busy.push(
        `${workflowId}: ${doing?.join(', ') || (pendingWorkflowTask ? `task ${pendingWorkflowTask.attempt}` : 'has not ended')}`,
      );
    }
    if (busy.length === 0) return [];
    if (Date.now() > until) return busy;
  }
}
