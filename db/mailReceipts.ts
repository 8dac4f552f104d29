/** Delivery reports for mails that the mail server had accepted. */
import { type Db, transaction } from './connect.ts';
import { markUndeliverable } from './notices.ts';
import { isOpen, lockOnboardingOf, markMailProblem, type Onboarding, signalSnapshot } from './onboardings.ts';
import type { SendTryRow } from './tables.ts';

/** A bounce is final and may follow `delivered`, when a later server in the chain rejects the mail. */
type Report = { mailId: string; delivered: boolean };

/**
 * Records a delivery report: delivered, or bounced. A bounce becomes a problem of the onboarding, of which senders and
 * the workflow are told, or of the message. Reports for unknown mails, repeated reports, and reports for an address
 * that was corrected since change nothing.
 */
export async function recordMailReceipt(db: Db, { mailId, delivered }: Report): Promise<void> {
  await transaction(db, async (tx) => {
    const tried = await tx.sql('send_try').where({ channel: 'mail', subjectId: mailId }).first('personId');
    if (!tried) return;
    // Locked first, as everywhere, which prevents deadlocks and makes repeated reports run one after the other.
    const { personId } = tried;
    const row = await lockOnboardingOf(tx, personId);
    const sent = row && (await stamp(tx, { mailId, delivered }));
    if (!sent || delivered || (await laterOneArrived(tx, sent))) return;
    if (sent.kind === 'message-notice') await messageCameBack(tx, sent);
    if (sent.kind === 'invitation' || sent.kind === 'reminder') await linkCameBack(tx, row, mailId);
  });
}

/**
 * Writes the report to the accepted attempt, or to the newest one when the worker died before recording acceptance.
 * Undefined when the report is not new.
 */
async function stamp(tx: Db, { mailId, delivered }: Report): Promise<SendTryRow | undefined> {
  const reported = tx
    .sql('send_try')
    .where({ channel: 'mail', subjectId: mailId })
    .orderByRaw(`(outcome = 'accepted') desc nulls last, begun_at desc`)
    .limit(1)
    .select('id');
  const [sent] = await tx
    .sql('send_try')
    .whereIn('id', reported)
    .andWhere((fresh) =>
      delivered ? fresh.whereNull('receipt') : fresh.whereRaw(`receipt is distinct from 'bounced'`),
    )
    .update({ receipt: delivered ? 'delivered' : 'bounced', receiptAt: tx.sql.fn.now() })
    .returning('*');
  return sent;
}

/** Whether a newer mail to the same person arrived, which shows that the address is right. */
async function laterOneArrived(tx: Db, { personId, begunAt }: SendTryRow): Promise<boolean> {
  const arrived = tx.sql('send_try').where({ channel: 'mail', personId, receipt: 'delivered' });
  return Boolean(await arrived.where('begunAt', '>', begunAt).first('id'));
}

async function messageCameBack(tx: Db, { subjectId: id, personId }: SendTryRow): Promise<void> {
  const still = await tx.sql('message').where({ id, personId }).first('id');
  if (still) await markUndeliverable(tx, id);
}

/** No invitation is found when the address was corrected, because that deletes the mails to the old one. */
async function linkCameBack(tx: Db, row: Onboarding, mailId: string): Promise<void> {
  const still = await tx.sql('invitation').where({ id: mailId, onboardingId: row.id }).first('id');
  if (!still || !isOpen(row)) return;
  await signalSnapshot(tx, await markMailProblem(tx, row, 'mail-undeliverable'), 'mailReceipt');
}
