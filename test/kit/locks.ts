/** What waits in the database. */
import { eventually } from './person.ts';
import type { World } from './testEnvironment.ts';

/** Resolves when so many statements wait for a lock of another one. */
export const waitForLock = ({ db }: World, howMany = 1): Promise<true> =>
  eventually(async () => {
    const waiting = await db
      .sql('pg_stat_activity')
      .whereRaw(`datname = current_database() and wait_event_type = 'Lock'`)
      .pluck('pid');
    return waiting.length >= howMany || undefined;
  });
