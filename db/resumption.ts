/** What a run has to know when it begins where another one was lost: all of it from the facts. */
import type { Db } from './connect.ts';
import { DEADLINE, type Deadline } from './onboardings.ts';

/** Ages are milliseconds by the database's clock. */
export type Resumption = Deadline & {
  /** Since the reminders began to count, and how many were sent since. */
  ladderAge: number;
  rung: number;
  /** An invitation was asked for, none was sent since, and the person has not gone on since. */
  invitationWanted: boolean;
  mailRefused: boolean;
  mailDelayed: boolean;
  /** The newest SMS to set up a number did not arrive. */
  smsRefused: boolean;
};

export async function resumptionOf(db: Db, onboardingId: string): Promise<Resumption> {
  const { rows } = await db.sql.raw<Resumption>(
    `select
      ${DEADLINE},
      extract(epoch from now() - ladder_from)::float * 1000 as ladder_age,
      rung,
      wanted_at >= progressed_at and not exists (
        select from invitation
        where onboarding_id = onboarding.id and kind = 'invitation' and sent_at > wanted_at
      ) as invitation_wanted,
      mail_refused_at is not null as mail_refused,
      mail_delayed_at is not null as mail_delayed,
      coalesce((
        select failed_at is not null from sms_code
        where person_id = onboarding.person_id and purpose = 'enrol' order by requested_at desc limit 1
      ), false) as sms_refused
    from onboarding where id = ?`,
    [onboardingId],
  );
  return rows[0]!;
}
