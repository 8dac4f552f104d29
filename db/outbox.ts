/**
 * What still has to be told to the engine. A row is written in the transaction of its fact, and deleted once the engine
 * has it; so a fact that is there is told, whatever dies in between.
 */
import type { Db } from './connect.ts';

export type OutboxRow = {
  id: string;
  workflow: 'onboarding' | 'messageNotice' | 'signInCode' | 'passwordReset' | 'erasure';
  /** The onboarding, message or SMS code that the workflow is about. */
  subjectId: string;
  signal: string | null;
  payload: Record<string, unknown>;
  tries: number;
  /** Whether the subject is an onboarding whose workflow should run. */
  shouldRun: boolean;
};

/** Rows taken at once: a lock is held on them while they are sent. */
const BATCH = 20;
/** The first wait after the engine refused or was away, doubled each time, and the longest: in seconds. */
const FIRST_WAIT_S = 1;
const LONGEST_WAIT_S = 5;

/** SQL: an onboarding is open, or ended and was asked for again since. */
const SHOULD_RUN = `coalesce(
  onboarding.status = 'open' or (onboarding.status <> 'completed' and onboarding.wanted_at > onboarding.ended_at),
  false)`;

export async function putInOutbox(tx: Db, row: Omit<OutboxRow, 'id' | 'tries' | 'shouldRun'>): Promise<void> {
  await tx.sql('outbox').insert({ ...row, payload: JSON.stringify(row.payload) });
}

/**
 * Sends the rows that are due, each at least once, and deletes those that `send` took. Several processes may do this
 * side by side: each skips what another has. `send` reads nothing, so a batch takes one connection. Returns how many were taken, and the error of the last that was not.
 */
export async function drainOutbox(
  db: Db,
  send: (row: OutboxRow) => Promise<void>,
): Promise<{ sent: number; failure?: unknown }> {
  return db.sql.transaction(async (sql) => {
    const rows: OutboxRow[] = await sql('outbox')
      .leftJoin('onboarding', 'onboarding.id', 'outbox.subject_id')
      .where('next_try_at', '<=', sql.fn.now())
      .orderBy('outbox.id')
      .limit(BATCH)
      .forUpdate('outbox')
      .skipLocked()
      .select('outbox.*', sql.raw(`${SHOULD_RUN} as should_run`));
    const results = await Promise.allSettled(rows.map(send));
    const taken = rows.filter((_, i) => results[i]!.status === 'fulfilled').map(({ id }) => id);
    const refused = rows.filter((_, i) => results[i]!.status === 'rejected');
    if (taken.length) await sql('outbox').whereIn('id', taken).delete();
    for (const { id, tries } of refused) {
      const wait = Math.min(FIRST_WAIT_S * 2 ** tries, LONGEST_WAIT_S);
      await sql('outbox')
        .where({ id })
        .update({ tries: tries + 1, nextTryAt: sql.raw(`now() + ? * interval '1 second'`, [wait]) });
    }
    const failure = results.find((result) => result.status === 'rejected')?.reason;
    return { sent: taken.length, failure };
  });
}
