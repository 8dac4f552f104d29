/**
 * Checks that SECRET_KEYS are the keys this database was written with. With a different key under the same name nobody
 * could be found: a message to a known person would create a second person, whom no other process can read.
 */
import type { Db } from './connect.ts';

/** The ids of keys that differ from those used before. A key seen for the first time is remembered. */
export async function wrongKeys(db: Db): Promise<string[]> {
  const given = db.secrets.keyProofs();
  await db.sql('key_check').insert(given).onConflict('keyId').ignore();
  const known = await db.sql('key_check');
  const proofs = new Map(known.map(({ keyId, proof }) => [keyId, proof]));
  return given.filter(({ keyId, proof }) => proofs.get(keyId) !== proof).map(({ keyId }) => keyId);
}
