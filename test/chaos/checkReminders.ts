/** Lost: a reminder that was due long ago, to somebody who made no progress, and that was never sent. */
import { onboardingWorkflowId } from '../../workflows/signals.ts';
import type { EngineRun } from './engineRuns.ts';
import type { Findings } from './findings.ts';
import type { Records } from './records.ts';

/** How late a reminder may be because a process restarts; a failing mail may be late as long as it is retried. */
const LATE_MS = 25_000;

/** `at`: when the rows were read, in milliseconds since 1970; Temporal is read after them. */
export function checkReminders(
  {
    records,
    runs,
    remindAfterMs,
    at,
  }: { records: Records; runs: EngineRun[]; remindAfterMs: number[]; at: number },
  findings: Findings,
): void {
  for (const { row } of records.values()) {
    if (row.status !== 'open' || row.notMeAt) continue;
    const idle = at - row.remindersCountFrom.getTime();
    const due = remindAfterMs.filter((after) => after + LATE_MS < idle).length;
    if (row.lastReminder >= due) continue;
    const own = runs.filter(({ workflowId }) => workflowId === onboardingWorkflowId(row.id));
    const underWay = own.some(
      ({ pending, acted }) =>
        pending.includes('sendReminder') ||
        acted.some(({ name, input }) => name === 'sendReminder' && Number(input.reminder) > row.lastReminder),
    );
    if (!underWay)
      findings.add(
        'lost',
        row.id,
        `${row.lastReminder} reminders of ${due}, ${Math.round(idle / 1_000)} s idle`,
      );
  }
}
