/** Erasing a person: the data key and every row go, and the engine deletes the run; the trail of opaque ids stays. */
import { forgetAttempts } from './attempts.ts';
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { lockOnboarding, type Onboarding, onboardingOf } from './onboardings.ts';
import { putInOutbox } from './outbox.ts';
import { openSignIn } from './wrongFactors.ts';

/** Rows locked at once. */
const PAGE = 100;

/** The engine is to delete every run of this onboarding, with its history. */
export const eraseRuns = (tx: Db, onboardingId: string): Promise<void> =>
  putInOutbox(tx, { workflow: 'erasure', subjectId: onboardingId });

/** In the caller's transaction, which has locked the row. */
export async function erase(tx: Db, { id, personId }: Pick<Onboarding, 'id' | 'personId'>): Promise<void> {
  await tx.sql('outbox').where({ workflow: 'onboarding', subjectId: id }).delete();
  await eraseRuns(tx, id);
  await openSignIn(tx, personId, { by: 'erasure' });
  const [person] = await tx.sql('person').where({ id: personId }).delete().returning('emailIndex');
  await forgetAttempts(tx, [id, personId, person!.emailIndex]);
  await audit(tx, { event: 'person.erased', personId });
}

/** Whoever it is for, and however many clients write to the person. */
export async function erasePerson(db: Db, personId: string): Promise<void> {
  await transaction(db, async (tx) => {
    await erase(tx, await lockOnboarding(tx, (await onboardingOf(tx, personId))!.id));
  });
}

/**
 * Erases everybody whose onboarding expired or was cancelled more than `keepAfter` milliseconds ago and was not asked
 * for since. Who finished has an account, and stays. Several processes may do this at once. Returns how many went.
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
