/**
 * How many SMS are sent in 24 hours, whatever became of them. SMS cost money, and pumping fraud earns with them: it goes
 * through ranges of numbers and through countries, so these are counted beside the person and the number.
 */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Db } from './connect.ts';

export type SmsLimits = { perDay: number; perNumber: number; perPrefix: number; perCountry: number };

/** What is counted of a number: keyed indexes, which do not hold it, and its country. */
export type CountedNumber = { phoneIndex: string; prefixIndex: string; country: CountryCode | undefined };

export const countedNumber = ({ secrets }: Db, phone: string): CountedNumber => ({
  phoneIndex: secrets.phoneIndex(phone),
  prefixIndex: secrets.phonePrefixIndex(phone),
  country: parsePhoneNumberFromString(phone)?.country,
});

/**
 * One more SMS to this number would be too many. One at a time for a range of numbers until the transaction ends, so many
 * people at once cannot pass the limits of a number and its range together; that of a country can be passed by as many as
 * ask in the same moment.
 */
export async function limitReached(
  tx: Db,
  { personId, number, limits }: { personId: string; number: CountedNumber; limits: SmsLimits },
): Promise<boolean> {
  const { phoneIndex, prefixIndex, country } = number;
  await tx.sql.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [prefixIndex]);
  const row = await tx.sql('onboarding').where({ personId }).first('codesAllowedFrom');
  const own = { personId, allowedFrom: row?.codesAllowedFrom ?? null };
  return (
    (await reached(tx, { personId }, limits.perDay, own)) ||
    (await reached(tx, { phoneIndex }, limits.perNumber, own)) ||
    (await reached(tx, { prefixIndex }, limits.perPrefix)) ||
    (country !== undefined && (await reached(tx, { country }, limits.perCountry)))
  );
}

/** `own`: what this person asked for before an operator allowed more counts no longer. */
async function reached(
  tx: Db,
  where: { personId: string } | Partial<CountedNumber>,
  most: number,
  own?: { personId: string; allowedFrom: Date | null },
): Promise<boolean> {
  // Not more rows than matter: a country's day has many.
  const lastDay = tx
    .sql('sms_code')
    .where(where)
    .andWhereRaw(`requested_at > now() - interval '1 day'`)
    .limit(most)
    .select(tx.sql.raw('1'));
  if (own?.allowedFrom)
    lastDay.andWhereRaw('not (person_id = ? and requested_at <= ?)', [own.personId, own.allowedFrom]);
  const { rows } = await tx.sql.raw<{ count: number }>('select count(*)::int as count from ? as last_day', [
    lastDay,
  ]);
  return rows[0]!.count >= most;
}
