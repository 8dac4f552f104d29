/** Finds the person behind any id that operators, senders or mail servers get to see. */
import type { Db } from './connect.ts';
import { isUuid } from './uuid.ts';

/** These ids appear in workflow ids, in the API, and in the Message-ID of mails. */
const THEIRS = ['onboarding', 'message', 'reset_link', 'sms_code', 'security_notice'] as const;

/** The person with this id, or the person whose onboarding, message, mail, SMS or reset link has it. */
export async function personIdOf(db: Db, id: string): Promise<string | undefined> {
  if (!isUuid(id)) return undefined;
  const person = await db.sql('person').where({ id }).first('id');
  if (person) return person.id;
  for (const table of THEIRS) {
    const row = await db.sql(table).where({ id }).first('personId');
    if (row) return row.personId;
  }
  const mail = await db
    .sql('invitation')
    .join('onboarding', 'onboarding.id', 'invitation.onboardingId')
    .where({ 'invitation.id': id })
    .first('onboarding.personId');
  return mail?.personId;
}
