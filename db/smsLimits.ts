/**
 * How many SMS are sent in 24 hours, whatever became of them; one that was superseded before it left is none. SMS cost
 * money, and pumping fraud earns with them: it goes through ranges of numbers, through countries and with stolen keys of a
 * sending organisation, so these are counted beside the person and the number.
 */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Db } from './connect.ts';

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
  country: CountryCode | undefined;
  clientId: string | undefined;
};

export async function countedFor(
  tx: Db,
  { personId, phone, isOwn }: { personId: string; phone: string; isOwn: boolean },
): Promise<Counted> {
  const row = await tx.sql('onboarding').where({ personId }).first('clientId');
  return {
    toOwnNumber: isOwn,
    phoneIndex: tx.secrets.phoneIndex(phone),
    prefixIndex: tx.secrets.phonePrefixIndex(phone),
    country: parsePhoneNumberFromString(phone)?.country,
    clientId: row?.clientId,
  };
}

/**
 * One more SMS would be too many. One at a time for a range of numbers until the transaction ends, so many people at once
 * cannot pass the limits of a number and its range together; those of a country and an organisation can be passed by as
 * many as ask in the same moment.
 */
export async function limitReached(
  tx: Db,
  { personId, counted, limits }: { personId: string; counted: Counted; limits: SmsLimits },
): Promise<boolean> {
  const { toOwnNumber, phoneIndex, prefixIndex, country, clientId } = counted;
  const row = await tx.sql('onboarding').where({ personId }).first('codes_allowed_from');
  const own = { personId, allowedFrom: row?.codesAllowedFrom ?? null };
  if (await reached(tx, { personId }, limits.perDay, own)) return true;
  if (toOwnNumber) return false;
  await tx.sql.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [prefixIndex]);
  const strangers = { toOwnNumber: false };
  return (
    (await reached(tx, { ...strangers, phoneIndex }, limits.perNumber, own)) ||
    (await reached(tx, { ...strangers, prefixIndex }, limits.perPrefix)) ||
    (country !== undefined && (await reached(tx, { ...strangers, country }, limits.perCountry))) ||
    (clientId !== undefined && (await reached(tx, { ...strangers, clientId }, limits.perClient)))
  );
}

/** `own`: what this person asked for before an operator allowed more counts no longer. */
async function reached(
  tx: Db,
  where: { personId: string } | Partial<Counted>,
  most: number,
  own?: { personId: string; allowedFrom: Date | null },
): Promise<boolean> {
  // Not more rows than matter: a country's day has many.
  const lastDay = tx
    .sql('sms_code')
    .where(where)
    .andWhereRaw(`requested_at > now() - interval '1 day'`)
    .andWhereRaw(`failure is distinct from 'superseded'`)
    .limit(most)
    .select(tx.sql.raw('1'));
  if (own?.allowedFrom)
    lastDay.andWhereRaw('not (person_id = ? and requested_at <= ?)', [own.personId, own.allowedFrom]);
  const { count } = await tx.sql.from(lastDay.as('last_day')).first(tx.sql.raw('count(*)::int as count'));
  return count >= most;
}
