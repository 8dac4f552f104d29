/**
 * Whether SECRET_KEYS are the keys that this database was written with. With another key under the same name nobody who
 * is known would be found: a message to them would be taken in for a new person, whom no other process can read.
 */
import type { Db } from './connect.ts';

/** The ids of the keys that are others than before. A key that was not here yet is remembered. */
export async function wrongKeys(db: Db): Promise<string[]> {
  const given = db.secrets.keyProofs();
  await db.sql('key_check').insert(given).onConflict('keyId').ignore();
  const known = await db.sql('key_check');
  const proofs = new Map(known.map(({ keyId, proof }) => [keyId, proof]));
  return given.filter(({ keyId, proof }) => proofs.get(keyId) !== proof).map(({ keyId }) => keyId);
}
