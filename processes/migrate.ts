/** `npm run migrate`: runs the database migrations. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, disconnect, migrate } from '../db/connect.ts';
import { databaseFailure } from '../db/databaseFailure.ts';
import { configOrExit, startOrExit } from './starting.ts';

const TRY_AGAIN_AFTER_MS = 500;

const config = configOrExit();
const db = connect({ url: config.DATABASE_URL, secretKeys: config.SECRET_KEYS });
try {
  const applied = await startOrExit(config, () => whenItAnswers(() => migrate(db)));
  console.log(applied.length ? `migrated: ${applied.join(', ')}` : 'the tables are up to date');
} finally {
  await disconnect(db);
}

/** PostgreSQL may start later than this process. Each migration is one transaction, so `work` can be repeated. */
async function whenItAnswers<T>(work: () => Promise<T>): Promise<T> {
  const patienceEnds = performance.now() + config.DATABASE_WAIT;
  for (let said = false; ; said = true) {
    try {
      return await work();
    } catch (error) {
      const failure = databaseFailure(error);
      if (failure?.kind !== 'away' || performance.now() > patienceEnds) throw error;
      if (!said) console.error(`${failure.hint} Waiting for it, at most ${config.DATABASE_WAIT / 1_000} s.`);
      await sleep(TRY_AGAIN_AFTER_MS);
    }
  }
}
