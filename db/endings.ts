/** The only writes of a person's status. For activities of the workflow; nothing else may call these. */
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { tellSenders } from './events.ts';
import { dropTemporaryPasswords } from './invitations.ts';
import { EXPIRES_AT, isOpen, lockOnboarding, type Onboarding, shouldRun } from './onboardings.ts';

/** A run begins: an ended onboarding that was asked for again is open again. Returns the row as it is then. */
export async function beginOnboarding(db: Db, id: string): Promise<Onboarding> {
  return transaction(db, async (tx) => {
    const row = await lockOnboarding(tx, id);
    if (isOpen(row) || !shouldRun(row)) return row;
    const [reopened]: Onboarding[] = await tx
      .sql('onboarding')
      .where({ id })
      .update({ status: 'open', endedAt: null, ladderFrom: tx.sql.fn.now(), rung: 0 })
      .returning('*');
    await audit(tx, { event: 'onboarding.reopened', personId: row.personId });
    return reopened!;
  });
}

/**
 * Opens the account and releases every message that is held, under the row's lock: a message that arrives at this very
 * moment is either released here or finds the account open. `mayOpen` checks the facts once more. `waitedMs`: since the
 * person's last step.
 */
export async function completeOnboarding(
  db: Db,
  { id, mayOpen }: { id: string; mayOpen: (row: Onboarding) => boolean },
): Promise<{ row: Onboarding; opened: boolean; waitedMs: number }> {
  return transaction(db, async (tx) => {
    const row = await lockOnboarding(tx, id);
    const { waitedMs } = await tx
      .sql('onboarding')
      .where({ id })
      .first(
        tx.sql.raw('coalesce(extract(epoch from now() - profile_saved_at)::float * 1000, 0) as waited_ms'),
      );
    if (row.status === 'completed') return { row, opened: true, waitedMs };
    if (!isOpen(row) || !mayOpen(row)) return { row, opened: false, waitedMs };
    const now = tx.sql.fn.now();
    await tx.sql('onboarding').where({ id }).update({ status: 'completed', endedAt: now });
    await tx.sql('message').where({ personId: row.personId, releasedAt: null }).update({ releasedAt: now });
    await audit(tx, { event: 'onboarding.completed', personId: row.personId });
    await tellSenders(tx, row.personId, { type: 'onboarding.completed' });
    return { row, opened: true, waitedMs };
  });
}

export type Expiry = { status: 'open'; waitMs: number } | { status: Exclude<Onboarding['status'], 'open'> };

/** Expires an open onboarding whose time has passed by the database's clock; else says how long is left, in ms. */
export async function expireOnboarding(
  db: Db,
  { id, expireAfter }: { id: string; expireAfter: number },
): Promise<Expiry> {
  return transaction(db, async (tx) => {
    const row = await lockOnboarding(tx, id);
    const { waitMs } = await tx
      .sql('onboarding')
      .where({ id })
      .first(tx.sql.raw(`extract(epoch from ${EXPIRES_AT} - now())::float * 1000 as wait_ms`, [expireAfter]));
    if (row.status !== 'open') return { status: row.status };
    if (waitMs > 0) return { status: row.status, waitMs };
    await tx.sql('onboarding').where({ id }).update({ status: 'expired', endedAt: tx.sql.fn.now() });
    await dropTemporaryPasswords(tx, id);
    await audit(tx, { event: 'onboarding.expired', personId: row.personId });
    await tellSenders(tx, row.personId, { type: 'onboarding.expired' });
    return { status: 'expired' };
  });
}

/**
 * An operator lets an open onboarding live `days` days longer, or shorter when less than 0. Returns until when, in
 * milliseconds since 1970.
 */
export async function extendDeadline(
  db: Db,
  given: { id: string; days: number; reason: string; expireAfter: number },
): Promise<{ until?: number }> {
  const { id, days, reason, expireAfter } = given;
  return transaction(db, async (tx) => {
    const row = await lockOnboarding(tx, id);
    if (!isOpen(row)) return {};
    await tx.sql('onboarding').where({ id }).increment('extraDays', days);
    const { until }: { until: Date } = await tx
      .sql('onboarding')
      .where({ id })
      .first(tx.sql.raw(`${EXPIRES_AT} as until`, [expireAfter]));
    await audit(tx, { event: 'deadline.extended', personId: row.personId, details: { days, reason } });
    return { until: until.getTime() };
  });
}

/** An operator stops an open onboarding. Everything done is kept; the sender or the person can start it again. */
export async function cancelOnboarding(
  db: Db,
  { id, reason }: { id: string; reason: string },
): Promise<{ status: Onboarding['status'] }> {
  return transaction(db, async (tx) => {
    const row = await lockOnboarding(tx, id);
    if (!isOpen(row)) return { status: row.status };
    await tx.sql('onboarding').where({ id }).update({ status: 'cancelled', endedAt: tx.sql.fn.now() });
    await dropTemporaryPasswords(tx, id);
    await audit(tx, { event: 'onboarding.cancelled', personId: row.personId, details: { reason } });
    await tellSenders(tx, row.personId, { type: 'onboarding.cancelled' });
    return { status: 'cancelled' };
  });
}
