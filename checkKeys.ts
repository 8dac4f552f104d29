/** For process entries, before they begin: SECRET_KEYS must be the keys that the database was written with. */
import { type Config, exitForMistakes } from './config.ts';
import { connect, disconnect, isDatabaseAway } from './db/connect.ts';
import { wrongKeys } from './db/keyCheck.ts';

/** Ends the process with the cure and exit code 78 when they are not. A database that is away is not waited for. */
export async function checkKeysOrExit({ DATABASE_URL: url, SECRET_KEYS: secretKeys }: Config): Promise<void> {
  const db = connect({ url, secretKeys, pool: 1 });
  const wrong = await wrongKeys(db)
    .catch((error) => {
      if (isDatabaseAway(error)) return [];
      throw error;
    })
    .finally(() => disconnect(db));
  if (wrong.length === 0) return;
  exitForMistakes(
    wrong.map(
      (id) =>
        `SECRET_KEYS: "${id}" is another key than the one that this database was written with. Give that one. A new key gets a new name, before the old one.`,
    ),
  );
}
