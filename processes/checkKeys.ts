/** Run by process entries before anything else: SECRET_KEYS must be the keys the database was written with. */
import type { Logger } from 'pino';
import { connect, type Db, disconnect } from '../db/connect.ts';
import { type DatabaseFailure, databaseFailure } from '../db/databaseFailure.ts';
import { wrongKeys } from '../db/keyCheck.ts';
import { WrongSettings } from '../domain/wrongSettings.ts';
import type { Config } from './config.ts';

/** Throws with a hint when they are not. Returns a failure of the database instead of waiting for it. */
export async function checkKeys(db: Db): Promise<DatabaseFailure | undefined> {
  let wrong: string[];
  try {
    wrong = await wrongKeys(db);
  } catch (error) {
    const failure = databaseFailure(error);
    if (failure) return failure;
    throw error;
  }
  if (!wrong.length) return undefined;
  throw new WrongSettings(
    ...wrong.map(
      (id) =>
        `SECRET_KEYS: "${id}" is not the key that this database was written with. Restore that one. Give a new key a new name, before the old one.`,
    ),
  );
}

/** For web and worker, which start anyway and work once the database is back. */
export async function checkKeysAtStart(
  { DATABASE_URL: url, SECRET_KEYS: secretKeys }: Config,
  log: Logger,
): Promise<void> {
  const db = connect({ url, secretKeys, pool: 1 });
  const failure = await checkKeys(db).finally(() => disconnect(db));
  if (failure) log.warn(failure.hint);
}
