/**
 * How many SMS are sent in 24 hours, whatever became of them; one that was superseded before it left is none. SMS cost
 * money, and pumping fraud earns with them: it goes through ranges of numbers, through countries and with stolen keys of a
 * sending organisation, so these are counted beside the person and the number.
 */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Db } from './connect.ts';

/** The names of the limits, as the metrics have them. */
export const SMS_LIMITS = ['sms-person', 'sms-number', 'sms-prefix', 'sms-country', 'sms-client'] as const;

export type SmsLimit = (typeof SMS_LIMITS)[number];

export type SmsLimits = {
  perDay: number;
  perNumber: number;
  perPrefix: number;
  perCountry: number;
  perClient: number;
};

/**
 * What a code counts for: keyed indexes, which do not hold the number, its country, and the organisation that invited. One
 * to the verified number of whoever asked counts for that person alone: strangers cannot use up what its owner needs.
 */
type Counted = {
  toOwnNumber: boolean;
  phoneIndex: string;
  prefixIndex: string;
  country: CountryCode | null;
  clientId: string | null;
};

/** What was asked for in the last day, except what never left. Not more rows than matter: a country's day has many. */
const reached = (what: string, most: keyof SmsLimits) => `(select count(*) from (
  select from sms_code where ${what} and requested_at > now() - interval '1 day'
    and failure is distinct from 'superseded' limit :${most}) as counted) >= :${most}`;

/** SQL: an operator allowed this person more, and what the person asked for before that counts no longer. */
const NOT_ALLOWED_ANEW = `(cast(:allowedFrom as timestamptz) is null or person_id <> :personId or requested_at > :allowedFrom)`;
const BY_PERSON = { 'sms-person': reached(`person_id = :personId and ${NOT_ALLOWED_ANEW}`, 'perDay') };
const BY_ANY: Record<SmsLimit, string> = {
  ...BY_PERSON,
  'sms-number': reached(
    `not to_own_number and phone_index = :phoneIndex and ${NOT_ALLOWED_ANEW}`,
    'perNumber',
  ),
  'sms-prefix': reached('not to_own_number and prefix_index = :prefixIndex', 'perPrefix'),
  'sms-country': reached('not to_own_number and country = :country', 'perCountry'),
  'sms-client': reached('not to_own_number and client_id = :clientId', 'perClient'),
};
/** SQL: the first of these limits that is reached, or null. */
const firstReached = (limits: Partial<Record<SmsLimit, string>>): string =>
  `case ${Object.entries(limits)
    .map(([limit, isReached]) => `when ${isReached} then '${limit}'`)
    .join(' ')} end`;

/**
 * What the code counts for, or the limit that one more SMS would pass. One at a time for a range of numbers until the
 * transaction ends, so many people at once cannot pass the limits of a number and its range together; those of a country
 * and an organisation can be passed by as many as ask in the same moment.
 */
export async function countForLimits(
  tx: Db,
  given: { personId: string; phone: string; isOwn: boolean; limits: SmsLimits },
): Promise<Counted | { reached: SmsLimit }> {
  const { personId, phone, isOwn, limits } = given;
  const row = await tx.sql('onboarding').where({ personId }).first('clientId', 'codesAllowedFrom');
  const counted: Counted = {
    toOwnNumber: isOwn,
    phoneIndex: tx.secrets.phoneIndex(phone),
    prefixIndex: tx.secrets.phonePrefixIndex(phone),
    country: parsePhoneNumberFromString(phone)?.country ?? null,
    clientId: row?.clientId ?? null,
  };
  if (!isOwn) await tx.sql.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [counted.prefixIndex]);
  const { perDay, perNumber, perPrefix, perCountry, perClient } = limits;
  const { rows } = await tx.sql.raw<{ reached: SmsLimit | null }>(
    `select ${firstReached(isOwn ? BY_PERSON : BY_ANY)} as reached`,
    {
      ...counted,
      ...{ perDay, perNumber, perPrefix, perCountry, perClient },
      personId,
      allowedFrom: row?.codesAllowedFrom ?? null,
    },
  );
  const limit = rows[0]!.reached;
  return limit ? { reached: limit } : counted;
}
