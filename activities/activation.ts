/** Begins, opens, extends, cancels and expires: the only activities that change a person's status. */
import type { Db } from '../db/connect.ts';
import * as endings from '../db/endings.ts';
import {
  allowMoreCodes,
  type Deadline,
  factsOf,
  factTimesOf,
  markMailTrouble,
  type Onboarding,
  onboarding,
} from '../db/onboardings.ts';
import { type Resumption, resumptionOf } from '../db/resumption.ts';
import { type Facts, type FactTimes, steps } from '../domain/steps.ts';
import type { Progress } from '../workflows/messages.ts';

type Id = { onboardingId: string };
/** An operator's words. */
type Reason = { reason: string };

export type { Deadline };

export type Beginning = Pick<Onboarding, 'status' | 'version' | 'invitationsSent' | 'remindersSent'> & {
  /** Absent in histories of before 2026-11-23: those runs know only what they heard. */
  resumption?: Resumption & { facts: Facts; factTimes: FactTimes };
};

/** The run has nothing to do, and ends; it is deleted in a moment. */
const ERASED: Beginning = { status: 'cancelled', version: 0, invitationsSent: 0, remindersSent: 0 };

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
    /** A run begins, from the facts as they stand. `completed`: there is nothing left to do. */
    async beginOnboarding({ onboardingId }: Id): Promise<Beginning> {
      const row = await endings.beginOnboarding(db, onboardingId);
      if (!row) return ERASED;
      const { status, version, invitationsSent, remindersSent } = row;
      const known = { facts: factsOf(row), factTimes: factTimesOf(row) };
      const resumption = { ...known, ...(await resumptionOf(db, onboardingId)) };
      return { status, version, invitationsSent, remindersSent, resumption };
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

    async extendDeadline(given: Id & Reason & { days: number; order?: string }): Promise<endings.Extension> {
      const { onboardingId: id, ...asked } = given;
      return endings.extendDeadline(db, { id, ...asked, expireAfter });
    },

    /** Mails do not get through for now, or for good: the senders are told, and see it. */
    async reportMailTrouble({
      onboardingId,
      problem,
    }: Id & { problem: 'mail-delayed' | 'mail-undeliverable' }): Promise<void> {
      const row = await onboarding(db, onboardingId);
      if (row) await markMailTrouble(db, row, problem);
    },

    async allowMoreCodes({ onboardingId: id, reason }: Id & Reason): Promise<Progress> {
      const row = await allowMoreCodes(db, { id, reason });
      return { version: row.version, facts: factsOf(row) };
    },

    async cancelOnboarding({
      onboardingId: id,
      reason,
    }: Id & Reason): Promise<{ status: Onboarding['status'] }> {
      return endings.cancelOnboarding(db, { id, reason });
    },
  };
}
