/** What should be running in Temporal according to the database, to find runs that Temporal has lost. */
import { type Db, transaction } from './connect.ts';
import { snapshotSignal } from './onboardings.ts';
import { putInOutbox, type Told } from './outbox.ts';
import { newerLinkExists, RESET_LINK_LIVES_S } from './resetLinks.ts';
import { NOTICE_TRIED_FOR_MS } from './securityNotices.ts';
import { LOWEST_UUID } from './uuid.ts';

export type UnfinishedWorkflow =
  | 'onboarding'
  | 'messageNotice'
  | 'signInCode'
  | 'passwordReset'
  | 'closedSignIn'
  | 'securityNotice';

/** A page of rows of one kind, ordered by id; onboardings include their version. */
export type Page = { workflow: UnfinishedWorkflow; rows: { id: string; version?: number }[] };

/** How long something counts as unfinished, in milliseconds; after that it was given up or is of no use. */
export type UnfinishedFor = { notice: number; signInCode: number };

/** Rows per page; all of them are locked briefly. */
const PAGE = 200;

/**
 * SQL: the ids of unfinished things. A held message is released in the transaction that completes the onboarding, so
 * with the same time; every other message to somebody who has finished gets a notice.
 */
const UNFINISHED: Record<UnfinishedWorkflow, string> = {
  onboarding: 'select id, version from onboarding where should_run',
  messageNotice: `
    select distinct coalesce(told_with, message.id) as id from message join onboarding using (person_id)
    where onboarding.status = 'completed' and message.released_at is distinct from onboarding.ended_at
      and notified_at is null and read_at is null and undeliverable_at is null
      and message.created_at > now() - :notice * interval '1 millisecond'`,
  passwordReset: `
    select id from reset_link
    where purpose = 'password' and sent_at is null and used_at is null
      and created_at > now() - :resetLinkS * interval '1 second' and not ${newerLinkExists('reset_link')}`,
  closedSignIn: `
    select person_id as id from wrong_factor
    where sign_in_closed_at is not null or reset_closed_at is not null
      or (notice_sent_at is null and notice_at > now() - :notice * interval '1 millisecond')`,
  securityNotice: `
    select id from security_notice
    where sent_at is null and failed_at is null and at > now() - :securityNoticeMs * interval '1 millisecond'`,
  signInCode: `
    select id from sms_code
    where purpose <> 'enrol' and sent_at is null and failed_at is null and used_at is null
      and requested_at > now() - :signInCode * interval '1 millisecond'`,
};

export async function* unfinished(db: Db, { notice, signInCode }: UnfinishedFor): AsyncGenerator<Page> {
  for (const [workflow, select] of Object.entries(UNFINISHED) as [UnfinishedWorkflow, string][]) {
    let rows: Page['rows'] = [];
    do {
      const after = rows.at(-1)?.id ?? LOWEST_UUID;
      const page = await db.sql.raw<Page['rows'][number]>(
        `select * from (${select}) as unfinished where id > :after order by id limit :page`,
        {
          notice,
          signInCode,
          resetLinkS: RESET_LINK_LIVES_S,
          securityNoticeMs: NOTICE_TRIED_FOR_MS,
          after,
          page: PAGE,
        },
      );
      rows = page.rows;
      if (rows.length) yield { workflow, rows };
    } while (rows.length === PAGE);
  }
}

/**
 * Puts rows into the outbox that start these again or update them, and returns their number. Skips those that have a
 * row there already, and those being changed right now, because the change adds a row itself.
 */
export async function putUnfinishedInOutbox(
  db: Db,
  { workflow, ids }: { workflow: UnfinishedWorkflow; ids: string[] },
): Promise<number> {
  if (ids.length === 0) return 0;
  return transaction(db, async (tx) => {
    const told: Told[] =
      workflow === 'onboarding'
        ? (await lockUnfinished(tx, ids)).map((row) => snapshotSignal(row, 'reconciled'))
        : ids.map((subjectId) => ({ workflow, subjectId }));
    const put = await tx.sql('outbox').where({ workflow }).whereIn('subjectId', ids).select('subjectId');
    const waiting = new Set(put.map(({ subjectId }) => subjectId));
    const untold = told.filter(({ subjectId }) => !waiting.has(subjectId));
    // There may be thousands: the poller tells them in their turn.
    await putInOutbox({ ...tx, outboxWritten: undefined }, ...untold);
    return untold.length;
  });
}

const lockUnfinished = (tx: Db, ids: string[]) =>
  tx.sql('onboarding').whereIn('id', ids).andWhere({ shouldRun: true }).forUpdate().skipLocked();

/**
 * Does `work` unless another process is doing it now; then returns undefined. PostgreSQL frees the lock of a process
 * that died.
 */
export async function withAdvisoryLock<T>(db: Db, work: () => Promise<T>): Promise<T | undefined> {
  return transaction(db, async ({ sql }) => {
    const { rows } = await sql.raw<{ isOurs: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended('reconcile', 0)) as is_ours`,
    );
    return rows[0]!.isOurs ? work() : undefined;
  });
}
