/** What should be running in the engine, by the database alone: for finding runs that the engine has lost. */
import { type Db, transaction } from './connect.ts';
import { factsOf, type Onboarding } from './onboardings.ts';
import { type OutboxRow, putInOutbox } from './outbox.ts';
import { newerLinkExists, RESET_LINK_LIVES_S } from './resetLinks.ts';

export type UnfinishedWorkflow = Exclude<OutboxRow['workflow'], 'erasure'>;

/** Rows of one kind, the next ones by id. */
export type Page = { workflow: UnfinishedWorkflow; ids: string[] };

/** How long something counts as unfinished, in milliseconds: later it has been given up, or is of no use. */
export type UnfinishedFor = { notice: number; signInCode: number };

/** Rows of a page: as many are locked for a moment. */
const PAGE = 200;

/**
 * SQL: the ids of what is not finished. A message that was held is released in the transaction that ends the onboarding,
 * so at its very moment; every other message of somebody who has finished gets a notice.
 */
const UNFINISHED: Record<UnfinishedWorkflow, string> = {
  onboarding: `select id from onboarding where status <> 'completed' and should_run`,
  messageNotice: `
    select distinct coalesce(told_with, message.id) as id from message join onboarding using (person_id)
    where onboarding.status = 'completed' and message.released_at is distinct from onboarding.ended_at
      and notified_at is null and read_at is null and undeliverable_at is null
      and message.created_at > now() - :notice * interval '1 millisecond'`,
  passwordReset: `
    select id from reset_link
    where purpose = 'password' and sent_at is null and used_at is null
      and created_at > now() - :resetLinkS * interval '1 second' and not ${newerLinkExists('reset_link')}`,
  signInCode: `
    select id from sms_code
    where purpose = 'sign-in' and sent_at is null and failed_at is null and used_at is null
      and requested_at > now() - :signInCode * interval '1 millisecond'`,
};

const FIRST = '00000000-0000-0000-0000-000000000000';

export async function* unfinished(db: Db, { notice, signInCode }: UnfinishedFor): AsyncGenerator<Page> {
  for (const [workflow, select] of Object.entries(UNFINISHED) as [UnfinishedWorkflow, string][]) {
    let ids: string[] = [];
    do {
      const after = ids.at(-1) ?? FIRST;
      const { rows } = await db.sql.raw<{ id: string }>(
        `select id from (${select}) as unfinished where id > :after order by id limit :page`,
        { notice, signInCode, resetLinkS: RESET_LINK_LIVES_S, after, page: PAGE },
      );
      ids = rows.map(({ id }) => id);
      if (ids.length) yield { workflow, ids };
    } while (ids.length === PAGE);
  }
}

/**
 * Puts into the outbox what starts these again, with the facts as they are now, and returns how many it put. Left out is
 * what has a row there already, and what somebody is changing at this very moment: a change brings a row of its own.
 */
export async function startAgain(db: Db, { workflow, ids }: Page): Promise<number> {
  if (ids.length === 0) return 0;
  return transaction(db, async (tx) => {
    const rows = workflow === 'onboarding' ? await lockUnfinished(tx, ids) : undefined;
    const waiting = await tx.sql('outbox').where({ workflow }).whereIn('subjectId', ids).select('subjectId');
    const found = rows?.map((row) => ({ subjectId: row.id, signal: 'reconciled', payload: progress(row) }));
    const lost = (found ?? ids.map((subjectId) => ({ subjectId, signal: null, payload: {} }))).filter(
      ({ subjectId }) => !waiting.some((row) => row.subjectId === subjectId),
    );
    await putInOutbox(tx, ...lost.map((row) => ({ workflow, ...row })));
    return lost.length;
  });
}

const progress = (row: Onboarding) => ({ version: row.version, facts: factsOf(row) });

const lockUnfinished = (tx: Db, ids: string[]): Promise<Onboarding[]> =>
  tx.sql('onboarding').whereIn('id', ids).andWhere({ shouldRun: true }).forUpdate().skipLocked();

/** Does `work` unless another process is at it now: then the answer is undefined. A lock of a dead process is gone. */
export async function alone<T>(db: Db, work: () => Promise<T>): Promise<T | undefined> {
  return transaction(db, async ({ sql }) => {
    const { rows } = await sql.raw<{ isOurs: boolean }>(
      `select pg_try_advisory_xact_lock(hashtextextended('reconcile', 0)) as is_ours`,
    );
    return rows[0]!.isOurs ? work() : undefined;
  });
}
