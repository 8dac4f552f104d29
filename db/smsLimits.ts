/**
 * Limits on SMS in 24 hours, counted whatever became of them, except those superseded before they were sent. SMS cost
 * money and pumping fraud earns from them, working through number ranges, countries and stolen API keys; so these are
 * counted as well as the person and the number.
 */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Db } from './connect.ts';

/** The names of the limits, as used in the metrics. */
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
 * What a code counts towards: keyed indexes that do not contain the number, its country, and the inviting
 * organisation. A code to the requester's own verified number counts for that person only, so strangers cannot use up
 * the owner's quota.
 */
type Counted = {
  toOwnNumber: boolean;
  phoneIndex: string;
  prefixIndex: string;
  country: CountryCode | null;
  clientId: string | null;
};

/**
 * The number of SMS requested in the last day, except those never sent. Stops counting at the limit, because a
 * country's day has many rows.
 */
const reached = (what: string, most: keyof SmsLimits) => `(select count(*) from (
  select from sms_code where ${what} and requested_at > now() - interval '1 day'
    and failure is distinct from 'superseded' limit :${most}) as counted) >= :${most}`;

/** SQL: ignores requests from before an operator granted this person more codes. */
const NOT_ALLOWED_SINCE = `(cast(:allowedFrom as timestamptz) is null or person_id <> :personId or requested_at > :allowedFrom)`;
const BY_PERSON = { 'sms-person': reached(`person_id = :personId and ${NOT_ALLOWED_SINCE}`, 'perDay') };
const BY_ANY: Record<SmsLimit, string> = {
  ...BY_PERSON,
  'sms-number': reached(
    `not to_own_number and phone_index = :phoneIndex and ${NOT_ALLOWED_SINCE}`,
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
 * What the code counts towards, or the limit that one more SMS would exceed. Requests for the same number range run
 * one after the other until the transaction ends, so simultaneous requests cannot exceed the limits of a number or its
 * range. The limits of a country or organisation can be exceeded by as many as ask at the same moment.
 */
export async function countForLimits(
  tx: Db,
  given: {
    personId: string;
    clientId: string | null;
    codesAllowedFrom: Date | null;
    phone: string;
    isOwn: boolean;
    limits: SmsLimits;
  },
): Promise<Counted | { reached: SmsLimit }> {
  const { personId, clientId, codesAllowedFrom, phone, isOwn, limits } = given;
  const counted: Counted = {
    toOwnNumber: isOwn,
    phoneIndex: tx.secrets.phoneIndex(phone),
    prefixIndex: tx.secrets.phonePrefixIndex(phone),
    country: parsePhoneNumberFromString(phone)?.country ?? null,
    clientId,
  };
  if (!isOwn) await tx.sql.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [counted.prefixIndex]);
  const { perDay, perNumber, perPrefix, perCountry, perClient } = limits;
  const { rows } = await tx.sql.raw<{ reached: SmsLimit | null }>(
    `select ${firstReached(isOwn ? BY_PERSON : BY_ANY)} as reached`,
    {
      ...counted,
      ...{ perDay, perNumber, perPrefix, perCountry, perClient },
      personId,
      allowedFrom: codesAllowedFrom,
    },
  );
  const limit = rows[0]!.reached;
  return limit ? { reached: limit } : counted;
}
