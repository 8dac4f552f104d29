/** What the pages after sign-in need to know about the person who reads them. */
import type { Db } from './connect.ts';
import { openedPerson } from './people.ts';
import { openedProfile } from './profiles.ts';

export type Account = {
  personId: string;
  email: string;
  firstName: string;
  /** As on a letter: first name, prefix and surname. */
  name: string;
  /** The second factors that were set up before the account was opened. */
  sms: boolean;
  app: boolean;
  /** Whether the person agreed to the requested version of the terms. */
  agreed: boolean;
  /** The first message the person opened (it may have been deleted since), and how many milliseconds ago that was. */
  firstRead?: { messageId: string; ageMs: number };
};

/** The audit still knows messages that were deleted; the message table covers those whose audit entries were purged. */
const FIRST_READ = `
  select id as read_id, extract(epoch from now() - at)::float * 1000 as read_ms_ago from (
    select details ->> 'messageId' as id, at from audit where audit.person_id = person.id and event = 'message.read'
    union all
    select id::text, read_at from message where message.person_id = person.id and read_at is not null
  ) as read order by at limit 1`;

type FirstRead = { 'first_read.*': { readId: string | null; readMsAgo: number | null } };

/** The person's open account, in one statement; undefined when no account is open. */
export async function openAccount(
  db: Db,
  { personId, termsVersion }: { personId: string; termsVersion: string },
): Promise<Account | undefined> {
  const acceptance = db
    .sql('terms_acceptance')
    .where({ personId, version: termsVersion })
    .whereNotNull('confirmedAt');
  const row = await db
    .sql('person')
    .join('onboarding', 'onboarding.personId', 'person.id')
    .join('profile', 'profile.personId', 'person.id')
    .joinRaw<FirstRead>(`left join lateral (${FIRST_READ}) as first_read on true`)
    .where({ 'person.id': personId, 'onboarding.status': 'completed' })
    .first(
      'person.*',
      'profile.sealed',
      'onboarding.smsVerifiedAt',
      'onboarding.appVerifiedAt',
      db.sql.raw<{ agreed: boolean }>('exists ? as agreed', [acceptance.select('id')]),
      'first_read.*',
    );
  if (!row) return undefined;
  const { firstName, prefix, lastName } = openedProfile(db, row);
  return {
    personId,
    email: openedPerson(db, row).email,
    firstName,
    name: [firstName, prefix, lastName].filter(Boolean).join(' '),
    sms: row.smsVerifiedAt !== null,
    app: row.appVerifiedAt !== null,
    agreed: row.agreed,
    firstRead: row.readId ? { messageId: row.readId, ageMs: row.readMsAgo! } : undefined,
  };
}
