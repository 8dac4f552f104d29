/**
 * Counts attempts at guessable secrets before they are compared (ASVS 6.3.1, 6.6.3). Each change of a counter is one
 * atomic statement. No statement is prepared under a name, because behind a pooler the next one may run on another
 * connection.
 */
import type { Db } from './connect.ts';

/** Each of these is counted separately: password stuffing must not use up the attempts at a token, or vice versa. */
export const COUNTERS = [
  'temporary-password',
  'password',
  'password-account',
  'sign-in',
  'sign-in-account',
  'known-network',
  'token',
  'second-click',
  'help',
  'link',
  'sign-in-network',
  'forgotten-network',
  'link-network',
  'sms-network',
  'factor-network',
  'form-token',
  'program-network',
  'no-codes',
  'api',
] as const;

export type Counter = (typeof COUNTERS)[number];

export type Counted =
  | { allowed: true; attempts: number }
  | { allowed: false; waitS: number; isFirst: boolean };

export type CounterLimits = Record<Counter, { attempts: number; windowS: number }>;

export type Attempts = ReturnType<typeof createAttempts>;

/**
 * SQL: milliseconds since 1970 by the database's clock. A window starts with its first attempt and ends at `expire`.
 */
const NOW_MS = `(extract(epoch from clock_timestamp()) * 1000)::bigint`;
const IS_OVER = `attempt.expire <= ${NOW_MS}`;
/** SQL: counters of any of these subjects, with or without a network. */
const OF_ANY = `exists (select from unnest(?::text[]) as subject
  where starts_with(split_part(key, ':', 2) || '.', subject || '.'))`;

/**
 * Counters in PostgreSQL, so that they hold across all web processes. `onRefused` is called for each attempt over the
 * limit.
 */
export function createAttempts({ sql }: Db, limits: CounterLimits, onRefused: (counter: Counter) => void) {
  const keyOf = (counter: Counter, subject: string) => `${counter}:${subject}`;
  const windowMs = (counter: Counter) => limits[counter].windowS * 1000;
  return {
    /**
     * Counts one attempt for `subject` (an opaque id or index). `attempts`: the number so far, including this one;
     * `waitS`: seconds until the next attempt is allowed; `isFirst`: this is the first attempt over the limit.
     */
    async count(counter: Counter, subject: string): Promise<Counted> {
      const { rows } = await sql.raw<{ attempts: number; waitS: number }>(
        `insert into attempt (key, points, expire) values (?, 1, ${NOW_MS} + ?)
        on conflict (key) do update set
          points = case when ${IS_OVER} then 1 else attempt.points + 1 end,
          expire = case when ${IS_OVER} then excluded.expire else attempt.expire end
        returning points as attempts, ceil((expire - ${NOW_MS}) / 1000.0)::int as wait_s`,
        [keyOf(counter, subject), windowMs(counter)],
      );
      const { attempts, waitS } = rows[0]!;
      if (attempts <= limits[counter].attempts) return { allowed: true, attempts };
      onRefused(counter);
      return { allowed: false, waitS, isFirst: attempts === limits[counter].attempts + 1 };
    },
    /** Uncounts one attempt that turned out to be right; the others still count. */
    async takeBack(counter: Counter, subject: string): Promise<void> {
      await sql('attempt')
        .where({ key: keyOf(counter, subject) })
        .andWhere('points', '>', 0)
        .decrement('points', 1);
    },
    /** Clears these counters after a success. */
    async forget(counters: Counter[], subject: string): Promise<void> {
      const keys = counters.map((counter) => keyOf(counter, subject));
      await sql('attempt').whereIn('key', keys).delete();
    },
    /** Remembers `subject` for the length of the counter's window. */
    async remember(counter: Counter, subject: string): Promise<void> {
      await sql.raw(
        `insert into attempt (key, points, expire) values (?, 1, ${NOW_MS} + ?)
        on conflict (key) do update set points = 1, expire = excluded.expire`,
        [keyOf(counter, subject), windowMs(counter)],
      );
    },
    async remembers(counter: Counter, subject: string): Promise<boolean> {
      const row = await sql('attempt')
        .where({ key: keyOf(counter, subject) })
        .andWhereRaw(`not (${IS_OVER})`)
        .first('key');
      return Boolean(row);
    },
  };
}

/** Deletes counters whose window has ended. */
export async function deleteOldAttempts({ sql }: Db): Promise<void> {
  await sql('attempt').whereRaw(IS_OVER).delete();
}

/**
 * Deletes the counters of these subjects, for every network: a counter must not reveal that an erased person existed.
 */
export async function forgetAttempts({ sql }: Db, subjects: string[]): Promise<void> {
  await sql('attempt').whereRaw(OF_ANY, [subjects]).delete();
}
