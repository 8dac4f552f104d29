/** Mails with a link. Its token is not stored: it is derived from the row. */
import { randomUUID } from 'node:crypto';
import type { ReadSnapshot } from '../domain/snapshot.ts';
import { type Db, transaction } from './connect.ts';
import { type SenderEvent, tellSenders } from './events.ts';
import {
  expiresAt,
  findAndLockOnboarding,
  markMailProblem,
  type Onboarding,
  readSnapshotOf,
  signalSnapshot,
  writeOnboarding,
} from './onboardings.ts';
import type { InvitationRow } from './tables.ts';

export type Invitation = InvitationRow;
export type InvitationKind = InvitationRow['kind'];

/** The row of one logical mail. The same `sendKey` gives the same row, so a repeated mail has the identical text. */
export async function invitationFor(
  db: Db,
  row: { onboardingId: string; clientId: string; kind: InvitationKind; sendKey: string },
): Promise<Invitation> {
  await db
    .sql('invitation')
    .insert({ id: randomUUID(), keyId: db.secrets.keyId, ...row })
    .onConflict(['onboardingId', 'sendKey'])
    .ignore();
  const { onboardingId, sendKey } = row;
  return (await db.sql('invitation').where({ onboardingId, sendKey }).first())!;
}

/** False after the address was corrected, which deletes its links. */
export async function stillCounts(db: Db, { id }: Invitation): Promise<boolean> {
  return Boolean(await db.sql('invitation').where({ id }).first('id'));
}

/** The invitation a link token belongs to; undefined for anything else, including a token with a wrong proof. */
export async function invitationOfToken(db: Db, token: string): Promise<Invitation | undefined> {
  const id = db.secrets.rowIdIn(token);
  const row = id ? await db.sql('invitation').where({ id }).first() : undefined;
  return row && db.secrets.isLinkToken(row, token) ? row : undefined;
}

/** When the links of an open onboarding expire, by the database's clock. */
export async function linkExpiresAt(
  db: Db,
  { onboardingId, expireAfter }: { onboardingId: string; expireAfter: number },
): Promise<{ at: Date; passed: boolean }> {
  const expires = expiresAt(db, expireAfter);
  const deadline = await db
    .sql('onboarding')
    .where({ id: onboardingId })
    .first(db.sql.raw<{ at: Date; passed: boolean }>('? as at, ? <= now() as passed', [expires, expires]));
  return deadline!;
}

/** SQL: of the client that the mail comes from, for the person that it goes to. */
const NEWEST_MESSAGE = `select message.id from message
  join onboarding on onboarding.person_id = message.person_id
  where onboarding.id = invitation.onboarding_id and message.client_id = invitation.client_id
  order by message.id desc limit 1`;

/** What a mail says about the moment of its first attempt. `saysMessage`: the id of the message it announces. */
export type SaidFirst = { saysUntil: Date; saysStep: string; saysMessage: string | null };

/**
 * The expiry, step and waiting message that this mail states. They are fixed at the first attempt, so that a repeated
 * mail has identical text whatever happened meanwhile. A timestamp could not fix the step and message: a row written
 * while another transaction held the lock carries an earlier time than the moment it became visible. Undefined after
 * the address was corrected, which deletes its links.
 */
export async function saidFirst(
  db: Db,
  { id, expireAfter, step }: { id: string; expireAfter: number; step: string },
): Promise<SaidFirst | undefined> {
  const [row] = await db
    .sql('invitation')
    .where({ id })
    .update({
      saysUntil: db.sql.raw(
        'coalesce(says_until, (select ? from onboarding where id = invitation.onboarding_id))',
        [expiresAt(db, expireAfter)],
      ),
      saysStep: db.sql.raw('coalesce(says_step, ?)', [step]),
      saysMessage: db.sql.raw(`coalesce(says_message, (${NEWEST_MESSAGE}))`),
    })
    .returning(['saysUntil', 'saysStep', 'saysMessage']);
  return row && { saysUntil: row.saysUntil!, saysStep: row.saysStep!, saysMessage: row.saysMessage };
}

/** What sending a mail changes in its onboarding, in terms of the row. */
export type SentMail = {
  columns: (tx: Db, row: Onboarding) => Parameters<typeof writeOnboarding>[2];
  tell?: SenderEvent;
};

/** Whether the provider reported that this very mail bounced. */
async function cameBack(tx: Db, { id }: Pick<Invitation, 'id'>): Promise<boolean> {
  return Boolean(await tx.sql('send_try').where({ subjectId: id, receipt: 'bounced' }).first('id'));
}

/**
 * Marks a mail as sent, once: only the first call moves the counter and tells the senders. The bounce report may have
 * arrived before; then the problem stays.
 */
export async function markInvitationSent(
  db: Db,
  { id, onboardingId }: Pick<Invitation, 'id' | 'onboardingId'>,
  { columns, tell }: SentMail,
): Promise<ReadSnapshot | undefined> {
  return transaction(db, async (tx) => {
    // Locked first, as everywhere. Bounce reports take this lock too, so a report either came before this or finds
    // the mail sent.
    const row = await findAndLockOnboarding(tx, onboardingId);
    if (!row) return undefined;
    const first = await tx.sql('invitation').where({ id, sentAt: null }).update({ sentAt: tx.sql.fn.now() });
    if (!first) return readSnapshotOf(row);
    const mailRefusedAt = (await cameBack(tx, { id })) ? row.mailRefusedAt : null;
    const sent = { ...columns(tx, row), mailRefusedAt, mailDelayedAt: null };
    const written = await writeOnboarding(tx, row, sent);
    if (tell) await tellSenders(tx, row.personId, tell);
    return readSnapshotOf(written);
  });
}

/**
 * Gives up a mail that was refused for good or could not be sent within the retry time: operators see it and senders
 * are told.
 */
export async function giveUpInvitation(
  db: Db,
  onboardingId: string,
  columns: (row: Onboarding) => Parameters<typeof writeOnboarding>[2],
): Promise<ReadSnapshot | undefined> {
  return transaction(db, async (tx) => {
    const row = await findAndLockOnboarding(tx, onboardingId);
    return row && readSnapshotOf(await markMailProblem(tx, row, 'mail-undeliverable', columns(row)));
  });
}

/** The mail server has not accepted a mail for a while: the row shows it, and senders and workflow are told. */
export async function markMailDelayed(db: Db, onboardingId: string): Promise<void> {
  await transaction(db, async (tx) => {
    const row = await findAndLockOnboarding(tx, onboardingId);
    if (!row || row.mailDelayedAt) return;
    await signalSnapshot(tx, await markMailProblem(tx, row, 'mail-delayed'), 'mailReceipt');
  });
}
