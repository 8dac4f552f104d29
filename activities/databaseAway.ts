/** What an operator reads of an activity while the database is away: what to look at, and no statement. */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { isDatabaseAway } from '../db/connect.ts';

export const tellDatabaseAway: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      try {
        return await next(input);
      } catch (error) {
        if (!isDatabaseAway(error)) throw error;
        throw new Error(
          'the database does not answer: look at PostgreSQL, and whether DATABASE_URL is right; it is tried again',
        );
      }
    },
  },
});
