/** What waits in the database. */
import { eventually } from './eventually.ts';
import type { TestEnvironment } from './testEnvironment.ts';

/** Resolves when so many statements wait for a lock of another one. */
export const waitForLock = ({ db }: TestEnvironment, howMany = 1): Promise<true> =>
  eventually(async () => {
    const { rows } = await db.sql.raw(
      `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows.length >= howMany || undefined;
  });
