/** Proof of what somebody agreed to: version, hash of the very text, language and time. */
import { uuidv7 } from 'uuidv7';
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';

type Acceptance = { personId: string; version: string; hash: string; locale: string };

/** The button was pressed, which a program that reads the mailbox can do: it counts once it is confirmed. */
export async function recordTermsAcceptance(tx: Db, row: Acceptance): Promise<void> {
  await tx.sql('terms_acceptance').insert({ id: uuidv7(), ...row });
}

/** By somebody who has proved to be the person already, so that nothing more is needed. */
export async function recordConfirmedAcceptance(tx: Db, row: Acceptance): Promise<void> {
  await recordTermsAcceptance(tx, row);
  await confirmTermsAcceptance(tx, row.personId);
}

/** A newer version, for somebody who has finished. Agreeing twice is written once. */
export const acceptNewTerms = (db: Db, proof: Acceptance): Promise<void> =>
  transaction(db, async (tx) => {
    const { personId, version, locale } = proof;
    if (await hasAccepted(tx, personId, version)) return;
    await recordConfirmedAcceptance(tx, proof);
    await audit(tx, { event: 'terms.accepted', personId, details: { version, locale } });
  });

/** The person just did what nobody else can do: what was agreed to is the person's own agreement from now on. */
export async function confirmTermsAcceptance(tx: Db, personId: string): Promise<void> {
  const waiting = tx.sql('terms_acceptance').where({ personId, confirmedAt: null });
  await waiting.update({ confirmedAt: tx.sql.fn.now() });
}

/** Whether this person agreed to this very version, and it was confirmed. */
export async function hasAccepted(db: Db, personId: string, version: string): Promise<boolean> {
  return Boolean(
    await db.sql('terms_acceptance').where({ personId, version }).whereNotNull('confirmedAt').first('id'),
  );
}
