/** What an operator reads of an activity while the database takes no work: what to look at, and no statement. */
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { databaseTrouble } from '../db/trouble.ts';

export const tellDatabaseAway: ActivityInterceptorsFactory = () => ({
  inbound: {
    async execute(input, next) {
      try {
        return await next(input);
      } catch (error) {
        const trouble = databaseTrouble(error);
        if (!trouble) throw error;
        throw new Error(`${trouble.cure} (tried again by itself)`);
      }
    },
  },
});
