/**
 * What still has to be told to the engine. A row is written in the transaction of its fact, and deleted once the engine
 * has it; so a fact that is there is told, whatever dies in between.
 */
import type { SignalName } from '../domain/signals.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Db } from './connect.ts';

/** What is to be told, and of what. */
export type Told =
  /** `subjectId`: the onboarding. */
  | { workflow: 'onboarding'; subjectId: string; signal: SignalName; payload: Snapshot }
  /** Just started. `subjectId`: the message, SMS code, reset link or notice that the workflow is about. */
  | { workflow: 'messageNotice' | 'signInCode' | 'passwordReset' | 'securityNotice'; subjectId: string }
  /** `subjectId`: the person. */
  | { workflow: 'closedSignIn'; subjectId: string }
  /** Ends and deletes every run of an onboarding. */
  | { workflow: 'erasure'; subjectId: string };

export type OutboxRow = Told & {
  id: string;
  tries: number;
  /** Whether the subject is an onboarding whose workflow should run. */
  shouldRun: boolean;
};

/** Rows taken at once: a lock is held on them while they are sent. */
const BATCH = 20;
/** What people did; what senders did; lost runs. */
const URGENCY = `case when signal = 'reconciled' then 2
  when signal = 'messageSent' or workflow = 'messageNotice' then 1 else 0 end`;
/** The first wait after the engine refused or was away, doubled each time, and the longest: in seconds. */
const FIRST_WAIT_S = 1;
const LONGEST_WAIT_S = 5;

/** In the caller's transaction, with one statement. The connection's owner is told once the rows are committed. */
export async function putInOutbox(tx: Db, ...rows: Told[]): Promise<void> {
  if (rows.length === 0) return;
  const payloadOf = (row: Told) => JSON.stringify('payload' in row ? row.payload : {});
  await tx.sql('outbox').insert(rows.map((row) => ({ ...row, payload: payloadOf(row) })));
  tx.outboxWritten();
}

/**
 * Sends the rows that are due, each at least once, and deletes those that `send` took. Several processes may do this
 * side by side: each skips what another has. `send` reads nothing, so a batch takes one connection. What was refused
 * before goes last: the engine may refuse one person's for long, which holds up nobody else. What people did goes before
 * messages of senders and before lost runs that are started again, because there may be thousands of those. Returns how
 * many were taken, and of the first that was not the error and the row.
 */
export async function dispatchOutbox(
  db: Db,
  send: (row: OutboxRow) => Promise<void>,
): Promise<{ sent: number; failure?: unknown; refused?: OutboxRow }> {
  return db.sql.transaction(async (sql) => {
    // Locked first and joined after: however many wait, a batch costs the same. The order is that of an index.
    const due = sql('outbox')
      .where('nextTryAt', '<=', sql.fn.now())
      .orderByRaw(`(tries > 0), (${URGENCY}), id`)
      .limit(BATCH)
      .forUpdate()
      .skipLocked();
    const found = await sql
      .with('due', due)
      .from('due')
      .leftJoin('onboarding', 'onboarding.id', 'due.subjectId')
      .select('due.*', sql.raw<{ shouldRun: boolean }>('coalesce(should_run, false) as should_run'));
    // What putInOutbox wrote.
    const rows = found as unknown as OutboxRow[];
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
    return { sent: taken.length, failure, refused: refused[0] };
  });
}

export type Waiting = {
  workflow: OutboxRow['workflow'];
  signal: string | null;
  count: number;
  /** Seconds since the oldest was written. */
  oldestS: number;
  /** How often the one that was tried most was tried. */
  tries: number;
  /** Seconds until the next is tried; 0 or less: now. */
  nextTryS: number;
};

/** What waits for the engine now, the oldest first. */
export async function waitingInOutbox(db: Db): Promise<Waiting[]> {
  return db
    .sql('outbox')
    .groupBy('workflow', 'signal')
    .orderByRaw('min(created_at)')
    .select(
      'workflow',
      'signal',
      db.sql.raw<{ count: number }>('count(*)::int as count'),
      db.sql.raw<{ oldestS: number }>('extract(epoch from now() - min(created_at))::float as oldest_s'),
      db.sql.raw<{ tries: number }>('max(tries) as tries'),
      db.sql.raw<{ nextTryS: number }>('extract(epoch from min(next_try_at) - now())::float as next_try_s'),
    );
}
