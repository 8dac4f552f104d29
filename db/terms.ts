/** Proof of what a person agreed to: the version, a hash of the exact text, the language and the time. */
import { uuidv7 } from 'uuidv7';
import { auditEntry } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { type Write, writeTogether } from './together.ts';

type Acceptance = { personId: string; version: string; hash: string; locale: string };

/** The button was pressed, which a program that reads the mailbox can do: it counts once it is confirmed. */
export const recordTermsAcceptance = (tx: Db, row: Acceptance): Write[] => [
  tx.sql('terms_acceptance').insert({ id: uuidv7(), ...row }),
];

/** By somebody who has proved to be the person already, so that nothing more is needed. */
export const recordConfirmedAcceptance = (tx: Db, row: Acceptance): Write[] => [
  tx.sql('terms_acceptance').insert({ id: uuidv7(), ...row, confirmedAt: tx.sql.fn.now() }),
  confirmTermsAcceptance(tx, row.personId),
];

/** Agreement to a newer version after onboarding. Agreeing twice is stored once. */
export const acceptNewTerms = (db: Db, proof: Acceptance): Promise<void> =>
  transaction(db, async (tx) => {
    const { personId, version, locale } = proof;
    if (await hasAccepted(tx, personId, version)) return;
    const entry = auditEntry(tx, { event: 'terms.accepted', personId, details: { version, locale } });
    await writeTogether(tx, { besides: [...recordConfirmedAcceptance(tx, proof), entry] });
  });

/** The person just did what nobody else can do: what was agreed to is the person's own agreement from now on. */
export const confirmTermsAcceptance = (tx: Db, personId: string) =>
  tx.sql('terms_acceptance').where({ personId, confirmedAt: null }).update({ confirmedAt: tx.sql.fn.now() });

/** Whether this person's agreement to this version is confirmed. */
export async function hasAccepted(db: Db, personId: string, version: string): Promise<boolean> {
  return Boolean(
    await db.sql('terms_acceptance').where({ personId, version }).whereNotNull('confirmedAt').first('id'),
  );
}
