/**
 * Limits wrong codes and tokens for somebody who guesses after entering the right password. Each attempt is counted in
 * a row before it is compared: per session, which then ends, and per account, where sign-in and reset close
 * separately, so that nobody gets more than twice the limit and the owner keeps a way back (RULES 16; NIST SP 800-63B
 * 5.2.2).
 */
import { randomUUID } from 'node:crypto';
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { putInOutbox } from './outbox.ts';
import type { Purpose } from './smsCodes.ts';
import type { WrongFactorRow } from './tables.ts';

/** Where a factor is proven; each has its own limit. */
export type Budget = Exclude<Purpose, 'enrol'>;
export type Device = NonNullable<WrongFactorRow['noticeDevice']>;
type NoticeOf = NonNullable<WrongFactorRow['noticeOf']>;

export type FactorNotice = { id: string; of: NoticeOf; device: Device; at: Date; sentAt: Date | null };

type Guess = { personId: string; sessionId: string; budget: Budget };

const COUNT = { 'sign-in': 'signIn', reset: 'reset' } as const;
/** Event names in the audit. */
const CLOSED = { 'sign-in': 'factor.sign_in_closed', reset: 'factor.reset_closed' } as const;
const CLOSED_AT = { 'sign-in': 'signInClosedAt', reset: 'resetClosedAt' } as const;

/** Counts an attempt in one statement. Returns the number of wrong ones in a row, including this one. */
export async function countFactorAttempt(
  db: Db,
  { personId, sessionId, budget }: Guess,
): Promise<{ inSession: number; inAccount: number }> {
  const { rows } = await db.sql.raw<{ inAccount: number; inSession: number | null }>(
    `with counted as (update session set wrong_factors = wrong_factors + 1 where id = :sessionId returning wrong_factors)
    insert into wrong_factor as w (person_id, :column:) values (:personId, 1)
    on conflict (person_id) do update set :column: = w.:column: + 1
    returning :column: as in_account, (select wrong_factors from counted) as in_session`,
    { personId, sessionId, column: COUNT[budget] },
  );
  // Another request ended the session, so nothing can be tried in it any more.
  const { inAccount, inSession } = rows[0]!;
  return { inAccount, inSession: inSession ?? Number.POSITIVE_INFINITY };
}

/** A factor was proven, which resets the count. What is closed stays closed. */
export async function forgetFactorAttempts(tx: Db, { personId, sessionId, budget }: Guess): Promise<void> {
  await tx.sql('session').where({ id: sessionId }).update({ wrongFactors: 0 });
  await tx
    .sql('wrong_factor')
    .where({ personId })
    .update({ [COUNT[budget]]: 0 });
}

/** Ends the guesser's session and notifies the owner. */
export async function endGuessing(
  db: Db,
  { personId, sessionId, device }: Guess & { device: Device },
): Promise<void> {
  await transaction(db, async (tx) => {
    const ended = await tx.sql('session').where({ id: sessionId }).delete();
    if (!ended) return;
    await audit(tx, { event: 'factor.session_ended', personId });
    await tell(tx, personId, { of: 'session-ended', device });
  });
}

/** Closes sign-in or reset until it is opened again, and ends sessions that wait for a factor. */
export async function closeFactor(
  db: Db,
  { personId, budget, device }: Guess & { device: Device },
): Promise<void> {
  await transaction(db, async (tx) => {
    const first = await tx
      .sql('wrong_factor')
      .where({ personId, [CLOSED_AT[budget]]: null })
      .update({ [CLOSED_AT[budget]]: tx.sql.fn.now() });
    if (!first) return;
    const waiting = tx.sql('session').where({ personId, factorAt: null });
    await (budget === 'reset' ? waiting.whereNotNull('resetId') : waiting.whereNull('resetId')).delete();
    const of = `${budget}-closed` as const;
    await audit(tx, { event: CLOSED[budget], personId });
    await tell(tx, personId, { of, device });
  });
}

/** Requests a mail, which the workflow sends; only the newest is sent, so a guesser cannot cause many. */
async function tell(
  tx: Db,
  personId: string,
  { of, device }: Pick<FactorNotice, 'of' | 'device'>,
): Promise<void> {
  await tx.sql('wrong_factor').where({ personId }).update({
    noticeId: randomUUID(),
    noticeOf: of,
    noticeDevice: device,
    noticeAt: tx.sql.fn.now(),
    noticeSentAt: null,
  });
  await wakeWorkflow(tx, personId);
}

const wakeWorkflow = (tx: Db, personId: string): Promise<void> =>
  putInOutbox(tx, { workflow: 'closedSignIn', subjectId: personId });

/** Why it is opened: a reset proven by mail and factor, an operator, or an address correction. */
export type Opening =
  | { by: 'reset' | 'correction' | 'erasure' }
  | { by: 'operator'; operator: string; reason: string; ticket?: string };

/** Opens sign-in and reset with the full number of attempts. False when nothing was closed. */
export async function openSignIn(tx: Db, personId: string, opening: Opening): Promise<boolean> {
  const row = await tx.sql('wrong_factor').where({ personId }).forUpdate().first();
  if (!row) return false;
  await tx
    .sql('wrong_factor')
    .where({ personId })
    .update({ signIn: 0, reset: 0, signInClosedAt: null, resetClosedAt: null });
  if (!row.signInClosedAt && !row.resetClosedAt) return false;
  await audit(tx, { event: 'factor.opened', personId, details: opening });
  await wakeWorkflow(tx, personId);
  return true;
}

/** Opened by an operator. False when nothing was closed. */
export const reopenSignIn = (
  db: Db,
  personId: string,
  order: Omit<Extract<Opening, { by: 'operator' }>, 'by'>,
): Promise<boolean> => transaction(db, (tx) => openSignIn(tx, personId, { by: 'operator', ...order }));

export async function isFactorClosed(db: Db, personId: string, budget: Budget): Promise<boolean> {
  const row = await db
    .sql('wrong_factor')
    .where({ personId })
    .whereNotNull(CLOSED_AT[budget])
    .first('personId');
  return Boolean(row);
}

export type Closing = { signInClosedAt: Date | null; resetClosedAt: Date | null; notice?: FactorNotice };

/**
 * What is closed, and the newest mail about it. Undefined when there were no wrong attempts, or the person was erased.
 */
export async function closingOf(db: Db, personId: string): Promise<Closing | undefined> {
  const row = await db.sql('wrong_factor').where({ personId }).first();
  if (!row) return undefined;
  const {
    signInClosedAt,
    resetClosedAt,
    noticeId: id,
    noticeOf: of,
    noticeDevice: device,
    noticeAt: at,
  } = row;
  const notice = id && of && device && at ? { id, of, device, at, sentAt: row.noticeSentAt } : undefined;
  return { signInClosedAt, resetClosedAt, notice };
}

export async function markFactorNoticeSent(db: Db, noticeId: string): Promise<void> {
  await db
    .sql('wrong_factor')
    .where({ noticeId, noticeSentAt: null })
    .update({ noticeSentAt: db.sql.fn.now() });
}
