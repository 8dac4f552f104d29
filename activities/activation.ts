/** Begins, opens, extends, cancels and expires: the only activities that change a person's status. */
import type { Db } from '../db/connect.ts';
import * as endings from '../db/endings.ts';
import { factsOf, type Onboarding } from '../db/onboardings.ts';
import type { Progress } from '../workflows/messages.ts';
import { steps } from '../workflows/steps.ts';

type Id = { onboardingId: string };
/** An operator's words. */
type Reason = { reason: string };

type Beginning = Pick<Onboarding, 'status' | 'version' | 'invitationsSent' | 'remindersSent'>;

type Activation = { opened: true; late: boolean } | { opened: false; progress: Progress };

export function createActivationActivities({
  db,
  expireAfter,
  tellWhenLaterThan,
}: {
  db: Db;
  expireAfter: number;
  /** When the account opens this much later than the last step, the person has gone and gets a mail. */
  tellWhenLaterThan: number;
}) {
  return {
    /** A run begins. `completed`: there is nothing left to do. */
    async beginOnboarding({ onboardingId }: Id): Promise<Beginning> {
      const { status, version, invitationsSent, remindersSent } = await endings.beginOnboarding(
        db,
        onboardingId,
      );
      return { status, version, invitationsSent, remindersSent };
    },

    /** Checks every fact again under the row's lock, so no stray signal opens an account. */
    async activateAccount({ onboardingId }: Id): Promise<Activation> {
      const { row, opened, waitedMs } = await endings.completeOnboarding(db, {
        id: onboardingId,
        mayOpen: (locked) => steps(factsOf(locked)).current === 'activate',
      });
      if (opened) return { opened, late: waitedMs > tellWhenLaterThan };
      return { opened, progress: { version: row.version, facts: factsOf(row) } };
    },

    async expireOnboarding({ onboardingId }: Id): Promise<endings.Expiry> {
      return endings.expireOnboarding(db, { id: onboardingId, expireAfter });
    },

    async extendDeadline(given: Id & Reason & { days: number }): Promise<{ until?: number }> {
      const { onboardingId: id, days, reason } = given;
      return endings.extendDeadline(db, { id, days, reason, expireAfter });
    },

    async cancelOnboarding({
      onboardingId: id,
      reason,
    }: Id & Reason): Promise<{ status: Onboarding['status'] }> {
      return endings.cancelOnboarding(db, { id, reason });
    },
  };
}
