/** Proof of what a person agreed to: the version, a hash of the exact text, the language and the time. */
import { uuidv7 } from 'uuidv7';
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';

type Acceptance = { personId: string; version: string; hash: string; locale: string };

/** The button was pressed, which a mail scanner can do as well: it counts once it is confirmed. */
export async function recordTermsAcceptance(tx: Db, row: Acceptance): Promise<void> {
  await tx.sql('terms_acceptance').insert({ id: uuidv7(), ...row });
}

/** Agreement by somebody who has already proven who they are, so no confirmation is needed. */
export async function recordConfirmedAcceptance(tx: Db, row: Acceptance): Promise<void> {
  await recordTermsAcceptance(tx, row);
  await confirmTermsAcceptance(tx, row.personId);
}

/** Agreement to a newer version after onboarding. Agreeing twice is stored once. */
export const acceptNewTerms = (db: Db, proof: Acceptance): Promise<void> =>
  transaction(db, async (tx) => {
    const { personId, version, locale } = proof;
    if (await hasAccepted(tx, personId, version)) return;
    await recordConfirmedAcceptance(tx, proof);
    await audit(tx, { event: 'terms.accepted', personId, details: { version, locale } });
  });

/** The person did something only they can do, which confirms their earlier agreement. */
export async function confirmTermsAcceptance(tx: Db, personId: string): Promise<void> {
  const waiting = tx.sql('terms_acceptance').where({ personId, confirmedAt: null });
  await waiting.update({ confirmedAt: tx.sql.fn.now() });
}

/** Whether this person's agreement to this version is confirmed. */
export async function hasAccepted(db: Db, personId: string, version: string): Promise<boolean> {
  return Boolean(
    await db.sql('terms_acceptance').where({ personId, version }).whereNotNull('confirmedAt').first('id'),
  );
}
