/** Lost: a reminder that was due long ago, to somebody who did not go on, and that never left. */
import type { Db } from '../db/connect.ts';
import type { Findings } from './findings.ts';
import type { Records } from './records.ts';

/** A mail that does not get through, and a part that comes back, may hold it up for so long. */
const LATE_MS = 25_000;

export async function checkReminders(
  db: Db,
  { records, remindAfterMs }: { records: Records; remindAfterMs: number[] },
  findings: Findings,
): Promise<void> {
  const { now } = await db.sql.first(db.sql.raw('now() as now'));
  for (const { row } of records.values()) {
    if (row.status !== 'open' || row.notMeAt) continue;
    const idle = now.getTime() - row.ladderFrom.getTime();
    const due = remindAfterMs.filter((after) => after + LATE_MS < idle).length;
    if (row.rung < due)
      findings.add('lost', row.id, `${row.rung} reminders of ${due}, ${Math.round(idle / 1_000)} s idle`);
  }
}
