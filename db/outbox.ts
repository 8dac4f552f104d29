/**
 * What still has to be told to the engine. A row is written in the transaction of its fact, and deleted once the engine
 * has it; so a fact that is there is told, whatever dies in between.
 */
import { type Db, transaction } from './connect.ts';

export type OutboxRow = {
  id: string;
  workflow: 'onboarding' | 'messageNotice' | 'signInCode' | 'passwordReset' | 'erasure';
  /** The onboarding, message or SMS code that the workflow is about. */
  subjectId: string;
  signal: string | null;
  payload: Record<string, unknown>;
  tries: number;
};

/** Rows taken at once: a lock is held on them while they are sent. */
const BATCH = 20;
/** The first wait after the engine refused or was away, doubled each time, and the longest: in seconds. */
const FIRST_WAIT_S = 1;
const LONGEST_WAIT_S = 5;

export async function putInOutbox(tx: Db, row: Omit<OutboxRow, 'id' | 'tries'>): Promise<void> {
  await tx.sql('outbox').insert({ ...row, payload: JSON.stringify(row.payload) });
}

/**
 * Sends the rows that are due, each at least once, and deletes those that `send` took. Several processes may do this
 * side by side: each skips what another has. `send` reads through `tx`, so a batch takes one connection. Returns how many were taken, and the error of the last that was not.
 */
export async function drainOutbox(
  db: Db,
  send: (row: OutboxRow, tx: Db) => Promise<void>,
): Promise<{ sent: number; failure?: unknown }> {
  return transaction(db, async (tx) => {
    const { sql } = tx;
    const rows: OutboxRow[] = await sql('outbox')
      .where('next_try_at', '<=', sql.fn.now())
      .orderBy('id')
      .limit(BATCH)
      .forUpdate()
      .skipLocked();
    const results = await Promise.allSettled(rows.map((row) => send(row, tx)));
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
