/**
 * Counts tries of guessable things before they are compared (ASVS 6.3.1, 6.6.3). Each change of a counter is one atomic
 * statement, and none is prepared under a name: behind a pooler the next one may run on another connection.
 */
import type { Db } from './connect.ts';

/** What is counted apart: stuffing passwords must not use up tries of a token, nor the other way round. */
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

/** SQL: milliseconds since 1970 by the database's clock. A window begins with its first try and ends at `expire`. */
const NOW_MS = `(extract(epoch from clock_timestamp()) * 1000)::bigint`;
const IS_OVER = `attempt.expire <= ${NOW_MS}`;
/** SQL: of one of these subjects alone, or from one network. */
const OF_ANY = `exists (select from unnest(?::text[]) as subject
  where starts_with(split_part(key, ':', 2) || '.', subject || '.'))`;

/** Counters in PostgreSQL, so they hold across all web processes. `onRefused` hears of each try over the limit. */
export function createAttempts({ sql }: Db, limits: CounterLimits, onRefused: (counter: Counter) => void) {
  const keyOf = (counter: Counter, subject: string) => `${counter}:${subject}`;
  const windowMs = (counter: Counter) => limits[counter].windowS * 1000;
  return {
    /**
     * Counts one try of `subject` (an opaque id or index). `attempts`: how many there were, this one included; `waitS`:
     * seconds until it may be tried again; `isFirst`: the limit was reached by this try.
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
    /** The try that was counted turned out right: it counts no longer, and others do. */
    async takeBack(counter: Counter, subject: string): Promise<void> {
      await sql('attempt')
        .where({ key: keyOf(counter, subject) })
        .andWhere('points', '>', 0)
        .decrement('points', 1);
    },
    /** After a success: failures of before count no longer. */
    async forget(counters: Counter[], subject: string): Promise<void> {
      const keys = counters.map((counter) => keyOf(counter, subject));
      await sql('attempt').whereIn('key', keys).delete();
    },
    /** Keeps that there was something of `subject`, for as long as the counter's window. */
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

/** Deletes the counters whose window is over. */
export async function deleteOldAttempts({ sql }: Db): Promise<void> {
  await sql('attempt').whereRaw(IS_OVER).delete();
}

/** Deletes what was counted of these subjects, from whichever network: a counter must not tell of who was erased. */
export async function forgetAttempts({ sql }: Db, subjects: string[]): Promise<void> {
  await sql('attempt').whereRaw(OF_ANY, [subjects]).delete();
}
