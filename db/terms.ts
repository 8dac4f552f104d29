/** Proof of what somebody agreed to: version, hash of the very text, language and time. */
import { uuidv7 } from 'uuidv7';
import type { Db } from './connect.ts';

export async function recordTermsAcceptance(
  tx: Db,
  row: { personId: string; version: string; hash: string; locale: string },
): Promise<void> {
  await tx.sql('terms_acceptance').insert({ id: uuidv7(), ...row });
}

/** Whether this person agreed to this very version. */
export async function hasAccepted(db: Db, personId: string, version: string): Promise<boolean> {
  return Boolean(await db.sql('terms_acceptance').where({ personId, version }).first('id'));
}
