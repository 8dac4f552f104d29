/** Mails with a link. Its token is not stored: it is derived from the row. */
import { randomUUID } from 'node:crypto';
import { type Db, transaction } from './connect.ts';
import { type SenderEvent, tellSenders } from './events.ts';
import { expiresAt } from './onboardings.ts';
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

/**
 * Until when the link works and at which step somebody stands, as this mail says it: decided by its first try, so that a
 * repeated mail has the identical text, whatever happened meanwhile. A time would not do for the step: what was written
 * while another one held the row bears an earlier time than it was seen. Undefined once the address was corrected: its
 * links went with it.
 */
export async function saidFirst(
  db: Db,
  { id, expireAfter, step }: { id: string; expireAfter: number; step: string },
): Promise<{ saysUntil: Date; saysStep: string } | undefined> {
  const [row] = await db
    .sql('invitation')
    .where({ id })
    .update({
      saysUntil: db.sql.raw(
        'coalesce(says_until, (select ? from onboarding where id = invitation.onboarding_id))',
        [expiresAt(db, expireAfter)],
      ),
      saysStep: db.sql.raw('coalesce(says_step, ?)', [step]),
    })
    .returning(['saysUntil', 'saysStep']);
  return row && { saysUntil: row.saysUntil!, saysStep: row.saysStep! };
}

/** What a mail that was handed over changes in its onboarding. */
export type SentMail = {
  counter: 'invitationsSent' | 'remindersSent';
  /** The reminders count anew from here … */
  ladderAnew?: boolean;
  /** … or this many were sent since the last progress. */
  rung?: number;
  tell?: SenderEvent;
};

/** The mail provider reported that this very mail came back. */
export async function cameBack(db: Db, { id }: Pick<Invitation, 'id'>): Promise<boolean> {
  return Boolean(await db.sql('send_try').where({ subjectId: id, receipt: 'bounced' }).first('id'));
}

/**
 * Marks a mail as handed over, once: the onboarding's counter moves and the senders are told only the first time.
 * `bounced`: the mail provider reported by now that it came back.
 */
export async function markInvitationSent(
  db: Db,
  { id, onboardingId }: Invitation,
  { counter, ladderAnew, rung, tell }: SentMail,
): Promise<{ bounced: boolean }> {
  return transaction(db, async (tx) => {
    // The first of all locks, as everywhere. A report of a bounce takes it, too: it came before, or finds this mail sent.
    await tx.sql('onboarding').where({ id: onboardingId }).forUpdate().first('id');
    const now = tx.sql.fn.now();
    const first = await tx.sql('invitation').where({ id, sentAt: null }).update({ sentAt: now });
    const bounced = await cameBack(tx, { id });
    if (!first) return { bounced };
    const [row] = await tx
      .sql('onboarding')
      .where({ id: onboardingId })
      .increment(counter, 1)
      .update({
        ...(bounced ? {} : { mailRefusedAt: null }),
        mailDelayedAt: null,
        ...(ladderAnew ? { ladderFrom: now, rung: 0 } : {}),
        ...(rung === undefined ? {} : { rung }),
      })
      .returning('*');
    if (row && tell) await tellSenders(tx, row.personId, tell);
    return { bounced };
  });
}
