/** Mails with a link, and temporary passwords. Neither token nor password is stored: both are derived from the row. */
import { randomUUID } from 'node:crypto';
import { type Db, transaction } from './connect.ts';
import { type SenderEvent, tellSenders } from './events.ts';
import { EXPIRES_AT, type Onboarding } from './onboardings.ts';
import { equal } from './secrets.ts';

export type Invitation = {
  id: string;
  onboardingId: string;
  clientId: string;
  keyId: string;
  sentAt: Date | null;
};

type Derivable = { id: string; keyId: string };

/** The row of one logical mail. The same `sendKey` gives the same row, so a repeated mail has the identical text. */
export async function invitationFor(
  db: Db,
  row: { onboardingId: string; clientId: string; sendKey: string },
): Promise<Invitation> {
  await db
    .sql('invitation')
    .insert({ id: randomUUID(), keyId: db.secrets.keyId, ...row })
    .onConflict(['onboarding_id', 'send_key'])
    .ignore();
  return db.sql('invitation').where({ onboardingId: row.onboardingId, sendKey: row.sendKey }).first();
}

/** The invitation whose link this is. Undefined for anything else, also for a token whose proof is wrong. */
export async function invitationOfToken(db: Db, token: string): Promise<Invitation | undefined> {
  const id = db.secrets.rowIdIn(token);
  const row: Invitation | undefined = id && (await db.sql('invitation').where({ id }).first());
  return row && equal(db.secrets.linkToken(row), token) ? row : undefined;
}

/** Until when the links of an open onboarding work, by the database's clock. */
export async function linkExpiresAt(
  db: Db,
  { onboardingId, expireAfter }: { onboardingId: string; expireAfter: number },
): Promise<{ at: Date; passed: boolean }> {
  return db
    .sql('onboarding')
    .where({ id: onboardingId })
    .first(
      db.sql.raw(`${EXPIRES_AT} as at`, [expireAfter]),
      db.sql.raw(`${EXPIRES_AT} <= now() as passed`, [expireAfter]),
    );
}

/** Marks a mail as handed over, once: the onboarding's counter moves and the senders are told only the first time. */
export async function markInvitationSent(
  db: Db,
  { id, onboardingId }: Invitation,
  { counter, tell }: { counter: 'invitationsSent' | 'remindersSent'; tell?: SenderEvent },
): Promise<void> {
  await transaction(db, async (tx) => {
    const first = await tx.sql('invitation').where({ id, sentAt: null }).update({ sentAt: tx.sql.fn.now() });
    if (!first) return;
    const [row]: Onboarding[] = await tx
      .sql('onboarding')
      .where({ id: onboardingId })
      .increment(counter, 1)
      .update({ mailRefusedAt: null })
      .returning('*');
    if (row && tell) await tellSenders(tx, row.personId, tell);
  });
}

export async function addTemporaryPassword(tx: Db, onboardingId: string): Promise<Derivable> {
  const row = { id: randomUUID(), keyId: tx.secrets.keyId };
  await tx.sql('temporary_password').insert({ ...row, onboardingId });
  return row;
}

/** The newest temporary password; made now if there is none. */
export async function temporaryPasswordFor(db: Db, onboardingId: string): Promise<string> {
  const newest: Derivable | undefined = await db
    .sql('temporary_password')
    .where({ onboardingId })
    .orderBy('created_at', 'desc')
    .first('id', 'keyId');
  return db.secrets.temporaryPassword(newest ?? (await addTemporaryPassword(db, onboardingId)));
}

/** Any live temporary password of the onboarding counts, as people write it: capitals and spaces do no harm. */
export async function isTemporaryPassword(
  db: Db,
  { id }: Pick<Onboarding, 'id'>,
  typed: string,
): Promise<boolean> {
  const rows: Derivable[] = await db
    .sql('temporary_password')
    .where({ onboardingId: id })
    .select('id', 'keyId');
  const written = typed.replace(/[\s-]/g, '').toLowerCase();
  // No early end: how long it takes does not tell which one was right.
  return rows
    .map((row) => equal(db.secrets.temporaryPassword(row).replaceAll('-', ''), written))
    .reduce((right, one) => right || one, false);
}

/** Once an own password is chosen, no temporary one counts. */
export async function dropTemporaryPasswords(tx: Db, onboardingId: string): Promise<void> {
  await tx.sql('temporary_password').where({ onboardingId }).delete();
}
