/** For process entries, before they begin: SECRET_KEYS must be the keys that the database was written with. */
import type { Logger } from 'pino';
import { connect, type Db, disconnect } from '../db/connect.ts';
import { wrongKeys } from '../db/keyCheck.ts';
import { type DatabaseTrouble, databaseTrouble } from '../db/trouble.ts';
import { WrongSettings } from '../domain/wrongSettings.ts';
import type { Config } from './config.ts';

/** Throws with the cure when they are not. Returns what is wrong with the database, which is not waited for. */
export async function checkKeys(db: Db): Promise<DatabaseTrouble | undefined> {
  let wrong: string[];
  try {
    wrong = await wrongKeys(db);
  } catch (error) {
    const trouble = databaseTrouble(error);
    if (trouble) return trouble;
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

/** For web and worker, which go on and work when the database comes back. */
export async function checkKeysAtStart(
  { DATABASE_URL: url, SECRET_KEYS: secretKeys }: Config,
  log: Logger,
): Promise<void> {
  const db = connect({ url, secretKeys, pool: 1 });
  const trouble = await checkKeys(db).finally(() => disconnect(db));
  if (trouble) log.warn(trouble.cure);
}
