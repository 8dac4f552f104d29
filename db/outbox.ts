/**
 * What Temporal still has to be told. A row is written in the transaction of its fact and deleted once Temporal has
 * it, so every fact is delivered whichever process dies in between.
 */
import type { SignalName } from '../domain/signals.ts';
import type { Snapshot } from '../domain/snapshot.ts';
import type { Db } from './connect.ts';
import { type Write, writeTogether } from './together.ts';

/** What is to be told, and of what. */
export type Told =
  /** `subjectId`: the onboarding. */
  | { workflow: 'onboarding'; subjectId: string; signal: SignalName; payload: Snapshot }
  /** Starts a workflow. `subjectId`: the message, SMS code, reset link or notice that it is about. */
  | { workflow: 'messageNotice' | 'signInCode' | 'passwordReset' | 'securityNotice'; subjectId: string }
  /** `subjectId`: the person. */
  | { workflow: 'closedSignIn'; subjectId: string }
  /** Terminates and deletes every run of an onboarding. */
  | { workflow: 'erasure'; subjectId: string };

export type OutboxRow = Told & {
  id: string;
  tries: number;
  /** Whether the subject is an onboarding whose workflow should run. */
  shouldRun: boolean;
};

/** Rows taken at a time; they stay locked while they are sent. */
const BATCH = 20;
/** First what people did, then what senders did, then lost runs. */
const URGENCY = `case when signal = 'reconciled' then 2
  when signal = 'messageSent' or workflow = 'messageNotice' then 1 else 0 end`;
/** The same for rows at hand: what people did, and not what senders did. */
export const isUrgent = ({ workflow, ...row }: OutboxRow): boolean =>
  workflow !== 'messageNotice' && !('signal' in row && row.signal === 'messageSent');
/** Seconds to wait after Temporal refused or was away: the first wait, doubled each time, and the longest. */
const FIRST_WAIT_S = 1;
const LONGEST_WAIT_S = 5;

/** The process that wrote a row has this long, in seconds, to send it; after that a worker's poller does. */
const OWNERS_TIME_S = 3;

/** Inserts rows in the caller's transaction, in one statement. They are dispatched once they are committed. */
export async function putInOutbox(tx: Db, ...told: Told[]): Promise<void> {
  if (told.length === 0) return;
  const ids = await outboxRows(tx, told);
  tx.outboxWritten?.(told.map((one, i) => rowOf(one, ids[i]!.id)));
}

/** Inserts one row, in one statement with other writes. */
export async function putInOutboxWith(tx: Db, told: Told, besides: Write[]): Promise<void> {
  const { id } = (await writeTogether(tx, { giving: outboxRows(tx, [told]), besides }))!;
  tx.outboxWritten?.([rowOf(told, id)]);
}

/** Due at once for the poller when this process dispatches nothing itself. */
function outboxRows(tx: Db, told: Told[]) {
  const nextTryAt = tx.sql.raw(`now() + ? * interval '1 second'`, [tx.outboxWritten ? OWNERS_TIME_S : 0]);
  const payloadOf = (one: Told) => JSON.stringify('payload' in one ? one.payload : {});
  return tx
    .sql('outbox')
    .insert(told.map((one) => ({ ...one, payload: payloadOf(one), nextTryAt })))
    .returning(['id']);
}

const rowOf = (told: Told, id: string): OutboxRow => ({
  ...told,
  id,
  tries: 0,
  shouldRun: 'payload' in told && told.payload.shouldRun,
});

/** The engine has them. */
export async function deleteFromOutbox(db: Db, ids: string[]): Promise<void> {
  await db.sql('outbox').whereIn('id', ids).delete();
}

/**
 * Sends the due rows, each at least once, and deletes those that `send` delivered. Safe to run in several processes:
 * each skips rows another has locked. `send` reads nothing, so a batch needs one connection. Rows that were refused
 * before go last, so one person's failing signal delays nobody else. What people did goes before senders' messages and
 * lost runs, of which there may be thousands. Returns the number delivered, and the first failure with its row.
 */
export async function dispatchOutbox(
  db: Db,
  send: (row: OutboxRow) => Promise<void>,
): Promise<{ sent: number; failure?: unknown; refused?: OutboxRow }> {
  return db.sql.transaction(async (sql) => {
    // Lock first and join afterwards, so a batch costs the same however many rows wait. An index provides the order.
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
    // The shape that putInOutbox wrote.
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
  /** Age of the oldest row, in seconds. */
  oldestS: number;
  /** The highest number of tries among these rows. */
  tries: number;
  /** Seconds until the next try; 0 or less means now. */
  nextTryS: number;
};

/** What waits for Temporal now, oldest first. */
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
