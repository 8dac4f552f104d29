/** Counts tries of guessable things before they are compared, in one atomic statement (ASVS 6.3.1, 6.6.3). */
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Db } from './connect.ts';

/** What is counted apart: stuffing passwords must not use up tries of a token, nor the other way round. */
export type Counter =
  | 'temporary-password'
  | 'password'
  | 'password-account'
  | 'sign-in'
  | 'sign-in-account'
  | 'known-network'
  | 'token'
  | 'second-click'
  | 'help'
  | 'sign-in-network'
  | 'forgotten-network'
  | 'link-network'
  | 'sms-network'
  | 'api';

export type CounterLimits = Record<Counter, { tries: number; windowS: number }>;

export type Attempts = ReturnType<typeof createAttempts>;

/** Counters in PostgreSQL, so they hold across all web processes. */
export function createAttempts(db: Db, limits: CounterLimits) {
  const limiters = new Map(
    Object.entries(limits).map(([name, { tries, windowS }]) => [
      name,
      new RateLimiterPostgres({
        storeClient: db.sql,
        storeType: 'knex',
        tableName: 'attempt',
        tableCreated: true,
        keyPrefix: name,
        points: tries,
        duration: windowS,
      }),
    ]),
  );
  return {
    /**
     * Counts one try of `subject` (an opaque id or index). `tries`: how many there were, this one included; `waitS`:
     * seconds until it may be tried again.
     */
    async count(
      counter: Counter,
      subject: string,
    ): Promise<{ allowed: true; tries: number } | { allowed: false; waitS: number }> {
      try {
        const { consumedPoints } = await limiters.get(counter)!.consume(subject);
        return { allowed: true, tries: consumedPoints };
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error;
        return { allowed: false, waitS: Math.ceil(error.msBeforeNext / 1000) };
      }
    },
    /** After a success: failures of before count no longer. */
    async forget(counter: Counter, subject: string): Promise<void> {
      await limiters.get(counter)!.delete(subject);
    },
    /** Keeps that there was something of `subject`, for as long as the counter's window. */
    async remember(counter: Counter, subject: string): Promise<void> {
      await limiters.get(counter)!.set(subject, 1, limits[counter].windowS);
    },
    async remembers(counter: Counter, subject: string): Promise<boolean> {
      return (await limiters.get(counter)!.get(subject)) !== null;
    },
  };
}
