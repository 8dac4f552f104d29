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

/** False once the address was corrected: its links went with it. */
export async function stillCounts(db: Db, { id }: Invitation): Promise<boolean> {
  return Boolean(await db.sql('invitation').where({ id }).first('id'));
}

/** The invitation whose link this is. Undefined for anything else, also for a token whose proof is wrong. */
export async function invitationOfToken(db: Db, token: string): Promise<Invitation | undefined> {
  const id = db.secrets.rowIdIn(token);
  const row = id ? await db.sql('invitation').where({ id }).first() : undefined;
  return row && db.secrets.isLinkToken(row, token) ? row : undefined;
}

/** Until when the links of an open onboarding work, by the database's clock. */
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

/** What a mail says of how things stood at its first try. `saysMessage`: the id of the message that it tells of. */
export type SaidFirst = { saysUntil: Date; saysStep: string; saysMessage: string | null };

/**
 * Until when the link works, at which step somebody stands and which message waits, as this mail says it: decided by its
 * first try, so that a repeated mail has the identical text, whatever happened meanwhile. A time would not do for step and
 * message: what was written while another one held the row bears an earlier time than it was seen. Undefined once the
 * address was corrected: its links went with it.
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

/** What a mail that was handed over changes in its onboarding, in the words of the row. */
export type SentMail = {
  columns: (tx: Db, row: Onboarding) => Parameters<typeof writeOnboarding>[2];
  tell?: SenderEvent;
};

/** The mail provider reported that this very mail came back. */
async function cameBack(tx: Db, { id }: Pick<Invitation, 'id'>): Promise<boolean> {
  return Boolean(await tx.sql('send_try').where({ subjectId: id, receipt: 'bounced' }).first('id'));
}

/**
 * Marks a mail as handed over, once: the onboarding's counter moves and the senders are told only the first time. A
 * report that it came back may have been first, and then it stays a problem.
 */
export async function markInvitationSent(
  db: Db,
  { id, onboardingId }: Pick<Invitation, 'id' | 'onboardingId'>,
  { columns, tell }: SentMail,
): Promise<ReadSnapshot | undefined> {
  return transaction(db, async (tx) => {
    // The first of all locks, as everywhere. A report of a bounce takes it, too: it came before, or finds this mail sent.
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

/** The mail is not sent: refused for good, or tried for as long as it was of use. Shown, and told to the senders. */
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

/** The mail server has not taken a mail for a while: shown, told to the senders and to the workflow. */
export async function markMailDelayed(db: Db, onboardingId: string): Promise<void> {
  await transaction(db, async (tx) => {
    const row = await findAndLockOnboarding(tx, onboardingId);
    if (!row || row.mailDelayedAt) return;
    await signalSnapshot(tx, await markMailProblem(tx, row, 'mail-delayed'), 'mailReceipt');
  });
}
