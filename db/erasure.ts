/**
 * Erases a person: the data key and every row are deleted, and Temporal deletes the run; the audit trail of opaque ids
 * stays.
 */
import { forgetAttempts } from './attempts.ts';
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { lockOnboarding, type Onboarding, onboardingOf } from './onboardings.ts';
import { putInOutbox } from './outbox.ts';
import { openSignIn } from './wrongFactors.ts';

/** Rows locked at a time. */
const PAGE = 100;

/** Has Temporal delete every run of this onboarding, with its history. */
export const eraseRuns = (tx: Db, onboardingId: string): Promise<void> =>
  putInOutbox(tx, { workflow: 'erasure', subjectId: onboardingId });

/** Runs in the caller's transaction, which has locked the row. */
export async function erase(tx: Db, { id, personId }: Pick<Onboarding, 'id' | 'personId'>): Promise<void> {
  await tx.sql('outbox').where({ workflow: 'onboarding', subjectId: id }).delete();
  await eraseRuns(tx, id);
  await openSignIn(tx, personId, { by: 'erasure' });
  const [person] = await tx.sql('person').where({ id: personId }).delete().returning('emailIndex');
  await forgetAttempts(tx, [id, personId, person!.emailIndex]);
  await audit(tx, { event: 'person.erased', personId });
}

/** Erases a person regardless of how many clients write to them. */
export async function erasePerson(db: Db, personId: string): Promise<void> {
  await transaction(db, async (tx) => {
    await erase(tx, await lockOnboarding(tx, (await onboardingOf(tx, personId))!.id));
  });
}

/**
 * Erases everybody whose onboarding expired or was cancelled more than `keepAfter` milliseconds ago and was not
 * requested since. People who finished have an account and are kept. Safe to run in several processes. Returns the
 * number erased.
 */
export async function eraseWhoNeverFinished(db: Db, keepAfter: number): Promise<number> {
  let erased = 0;
  for (;;) {
    const found = await transaction(db, async (tx) => {
      const rows = await tx
        .sql('onboarding')
        .whereIn('status', ['expired', 'cancelled'])
        .andWhereRaw(`ended_at < now() - ? * interval '1 millisecond'`, [keepAfter])
        .andWhere({ shouldRun: false })
        .orderBy('id')
        .limit(PAGE)
        .forUpdate()
        .skipLocked();
      for (const row of rows) await erase(tx, row);
      return rows.length;
    });
    erased += found;
    if (found < PAGE) return erased;
  }
}
