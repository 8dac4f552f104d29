/** The only writes to a person's status. Only activities of the workflow may call these. */
import type { ReadSnapshot } from '../domain/snapshot.ts';
import { audit, auditEntry } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { eraseRuns } from './erasure.ts';
import { sendersEvent } from './events.ts';
import {
  expiresAt,
  findAndLockOnboarding,
  isOpen,
  lockOnboarding,
  momentOf,
  type Onboarding,
  onboarding,
  readSnapshotOf,
  restartReminders,
  writeStatus,
} from './onboardings.ts';
import { dropMailedPasswords } from './temporaryPasswords.ts';

/**
 * Called when a run starts or takes another look. An ended onboarding that was requested again is reopened, with a
 * full new lifetime whatever deadline an operator had set before. Undefined for a person who was erased just as the
 * run started; the run is then deleted, as earlier ones were.
 */
export async function openOnboarding(db: Db, id: string): Promise<ReadSnapshot | undefined> {
  const found = await onboarding(db, id);
  return found && !isToOpenAgain(found) ? readSnapshotOf(found) : openAgain(db, id);
}

const isToOpenAgain = (row: Onboarding): boolean =>
  !isOpen(row) && row.status !== 'completed' && row.shouldRun;

function openAgain(db: Db, id: string): Promise<ReadSnapshot | undefined> {
  return transaction(db, async (tx) => {
    const row = await findAndLockOnboarding(tx, id);
    if (!row) {
      await eraseRuns(tx, id);
      return undefined;
    }
    if (!isToOpenAgain(row)) return readSnapshotOf(row);
    const { invitationDue } = row;
    const opened = await writeStatus(tx, row, {
      status: 'open',
      endedAt: null,
      extraDays: 0,
      invitationDue,
      // The urgency belonged to the onboarding that ended.
      invitationUrgent: true,
      ...restartReminders(momentOf(row)),
    });
    await audit(tx, { event: 'onboarding.reopened', personId: row.personId });
    return readSnapshotOf(opened);
  });
}

/**
 * Opens the account and releases every held message, under the row's lock: a message that arrives at the same moment
 * is either released here or finds the account open. `mayOpen` checks the facts once more. A person who finished the
 * last step more than `tellWhenLaterThan` milliseconds ago has probably left, and gets a mail.
 */
export async function completeOnboarding(
  db: Db,
  given: { id: string; mayOpen: (row: Onboarding) => boolean; tellWhenLaterThan: number },
): Promise<ReadSnapshot> {
  return transaction(db, async (tx) => {
    const row = await lockOnboarding(tx, given.id);
    if (!isOpen(row) || !given.mayOpen(row)) return readSnapshotOf(row);
    const now = momentOf(row); // Of the messages, too: that tells them from later ones.
    const waitedMs = row.asOf.getTime() - (row.profileSavedAt ?? row.asOf).getTime();
    const openedMailDue = waitedMs > given.tellWhenLaterThan;
    const { personId } = row;
    const columns = { status: 'completed', endedAt: now, openedMailDue } as const;
    const completed = await writeStatus(tx, row, columns, [
      tx.sql('message').where({ personId, releasedAt: null }).update({ releasedAt: now }),
      auditEntry(tx, { event: 'onboarding.completed', personId }),
      sendersEvent(tx, personId, { type: 'onboarding.completed' }),
    ]);
    return readSnapshotOf(completed);
  });
}

/** Expires an open onboarding whose deadline has passed by the database's clock; otherwise changes nothing. */
export async function expireOnboarding(
  db: Db,
  { id, expireAfter }: { id: string; expireAfter: number },
): Promise<ReadSnapshot> {
  return transaction(db, async (tx) => {
    const row = await lockOnboarding(tx, id);
    const over = tx.sql.raw<{ isOver: boolean }>('? <= clock_timestamp() as is_over', [
      expiresAt(tx, expireAfter),
    ]);
    const found = await tx.sql('onboarding').where({ id }).first(over);
    if (!isOpen(row) || !found?.isOver) return readSnapshotOf(row);
    return readSnapshotOf(await endUnfinished(tx, row, 'expired'));
  });
}

type Details = Record<string, string | number>;

/** Stops an open onboarding by an operator's order. Every fact is kept; the sender or an operator can start it again. */
export const cancelOnboarding = (tx: Db, row: Onboarding, details: Details): Promise<Onboarding> =>
  endUnfinished(tx, row, 'cancelled', details);

function endUnfinished(
  tx: Db,
  row: Onboarding,
  status: 'expired' | 'cancelled',
  details?: Details,
): Promise<Onboarding> {
  const { personId } = row;
  const event = `onboarding.${status}` as const;
  return writeStatus(tx, row, { status, endedAt: momentOf(row) }, [
    // A new mail carries a new password. One that a client passes on is not issued again, but counts if it reopens.
    dropMailedPasswords(tx, row.id),
    auditEntry(tx, { event, personId, details }),
    sendersEvent(tx, personId, { type: event }),
  ]);
}
