/** The only writes of a person's status. For activities of the workflow; nothing else may call these. */
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { eraseRuns } from './erasure.ts';
import { tellSenders } from './events.ts';
import {
  DEADLINE,
  type Deadline,
  expiresAt,
  isOpen,
  lockOnboarding,
  type Onboarding,
  theMoment,
} from './onboardings.ts';
import { dropMailedPasswords } from './temporaryPasswords.ts';

/**
 * A run begins: an ended onboarding that was asked for again is open again, and lives as long as a new one whatever an
 * operator said of the one before. Returns the row as it is then; undefined for somebody who was erased in the moment the
 * run was started, which is deleted then as those before it were.
 */
export async function beginOnboarding(db: Db, id: string): Promise<Onboarding | undefined> {
  return transaction(db, async (tx) => {
    const row = await tx.sql('onboarding').where({ id }).forUpdate().first();
    if (!row) {
      await eraseRuns(tx, id);
      return undefined;
    }
    if (isOpen(row) || !row.shouldRun) return row;
    const [reopened] = await tx
      .sql('onboarding')
      .where({ id })
      .update({ status: 'open', endedAt: null, extraDays: 0, ladderFrom: tx.sql.fn.now(), rung: 0 })
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
    const { waitedMs } = (await tx
      .sql('onboarding')
      .where({ id })
      .first(
        tx.sql.raw<{ waitedMs: number }>(
          'coalesce(extract(epoch from now() - profile_saved_at)::float * 1000, 0) as waited_ms',
        ),
      ))!;
    if (row.status === 'completed') return { row, opened: true, waitedMs };
    if (!isOpen(row) || !mayOpen(row)) return { row, opened: false, waitedMs };
    const now = tx.sql.fn.now(); // Of the messages, too: that tells them from later ones.
    await tx.sql('onboarding').where({ id }).update({ status: 'completed', endedAt: now });
    await tx.sql('message').where({ personId: row.personId, releasedAt: null }).update({ releasedAt: now });
    await audit(tx, { event: 'onboarding.completed', personId: row.personId });
    await tellSenders(tx, row.personId, { type: 'onboarding.completed' });
    return { row, opened: true, waitedMs };
  });
}

/** `deadline` is absent in histories of before 2026-11-25. */
export type Expiry =
  | { status: 'open'; waitMs: number; deadline?: Deadline }
  | { status: Exclude<Onboarding['status'], 'open'> };

/** Expires an open onboarding whose time has passed by the database's clock; else says how long is left, in ms. */
export async function expireOnboarding(
  db: Db,
  { id, expireAfter }: { id: string; expireAfter: number },
): Promise<Expiry> {
  return transaction(db, async (tx) => {
    const row = await lockOnboarding(tx, id);
    const wait = 'extract(epoch from ? - now())::float * 1000 as wait_ms';
    const { waitMs, ...deadline } = (await tx
      .sql('onboarding')
      .where({ id })
      .first(
        tx.sql.raw<{ waitMs: number } & Deadline>(`${wait}, ${DEADLINE}`, [expiresAt(tx, expireAfter)]),
      ))!;
    if (row.status !== 'open') return { status: row.status };
    if (waitMs > 0) return { status: row.status, waitMs, deadline };
    await tx
      .sql('onboarding')
      .where({ id })
      .update({ status: 'expired', endedAt: theMoment(tx) });
    // A new mail has a new one; what a client passed on is not given out again then, and counts when it is open again.
    await dropMailedPasswords(tx, id);
    await audit(tx, { event: 'onboarding.expired', personId: row.personId });
    await tellSenders(tx, row.personId, { type: 'onboarding.expired' });
    return { status: 'expired' };
  });
}

/** `until`: when it expires, in milliseconds since 1970; nothing when it is not open any more. */
export type Extension = { until?: number; deadline?: Deadline };

/**
 * An operator lets an open onboarding live `days` days longer, or shorter when less than 0. `order` tells one order from
 * another: told twice, as after a crash of the worker or a reset of the run, it counts once.
 */
export async function extendDeadline(
  db: Db,
  given: { id: string; days: number; reason: string; order?: string; expireAfter: number },
): Promise<Extension> {
  const { id, days, reason, order, expireAfter } = given;
  return transaction(db, async (tx) => {
    const row = await lockOnboarding(tx, id);
    if (!isOpen(row)) return {};
    const event = { event: 'deadline.extended', personId: row.personId };
    const carriedOut = tx
      .sql('audit')
      .where(event)
      .andWhereRaw(`details->>'order' = ?`, [order ?? '']);
    if (!(await carriedOut.first('id'))) {
      await tx.sql('onboarding').where({ id }).increment('extraDays', days);
      await audit(tx, { ...event, details: { days, reason, ...(order ? { order } : {}) } });
    }
    const { until, ...deadline } = (await tx
      .sql('onboarding')
      .where({ id })
      .first(
        tx.sql.raw<{ until: Date } & Deadline>(`? as until, ${DEADLINE}`, [expiresAt(tx, expireAfter)]),
      ))!;
    return { until: until.getTime(), deadline };
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
    await tx
      .sql('onboarding')
      .where({ id })
      .update({ status: 'cancelled', endedAt: theMoment(tx) });
    await dropMailedPasswords(tx, id);
    await audit(tx, { event: 'onboarding.cancelled', personId: row.personId, details: { reason } });
    await tellSenders(tx, row.personId, { type: 'onboarding.cancelled' });
    return { status: 'cancelled' };
  });
}
