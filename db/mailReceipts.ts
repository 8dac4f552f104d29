/** What became of a mail after the mail server had taken it. */
import { type Db, transaction } from './connect.ts';
import { markUndeliverable } from './notices.ts';
import { isOpen, lockOnboardingOf, markMailProblem, type Onboarding, signalSnapshot } from './onboardings.ts';
import type { SendTryRow } from './tables.ts';

/** `bounced` is for good, and may come after `delivered`: the server behind the first one said no. */
type Report = { mailId: string; delivered: boolean };

/**
 * The provider says what became of a mail: delivered, or come back for good. A mail that came back is a problem of its
 * onboarding, of which senders and workflow are told, or of its message. Reports of unknown mails, repeats, and reports
 * of mails to an address that was corrected since change nothing.
 */
export async function recordMailReceipt(db: Db, { mailId, delivered }: Report): Promise<void> {
  await transaction(db, async (tx) => {
    const tried = await tx.sql('send_try').where({ channel: 'mail', subjectId: mailId }).first('personId');
    if (!tried) return;
    // First of all locks, as everywhere: so nobody waits for each other in a circle, and repeats come one by one.
    const { personId } = tried;
    const row = await lockOnboardingOf(tx, personId);
    const sent = row && (await stamp(tx, { mailId, delivered }));
    if (!sent || delivered || (await laterOneArrived(tx, sent))) return;
    if (sent.kind === 'message-notice') await messageCameBack(tx, sent);
    if (sent.kind === 'invitation' || sent.kind === 'reminder') await linkCameBack(tx, row, mailId);
  });
}

/**
 * Writes the report to the try that was accepted; when the worker died before it could say so, to the newest one.
 * Undefined when it says nothing new.
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

/** A newer mail to the same person did arrive, so the address is right. */
async function laterOneArrived(tx: Db, { personId, begunAt }: SendTryRow): Promise<boolean> {
  const arrived = tx.sql('send_try').where({ channel: 'mail', personId, receipt: 'delivered' });
  return Boolean(await arrived.where('begunAt', '>', begunAt).first('id'));
}

async function messageCameBack(tx: Db, { subjectId: id, personId }: SendTryRow): Promise<void> {
  const still = await tx.sql('message').where({ id, personId }).first('id');
  if (still) await markUndeliverable(tx, id);
}

/** A correction of the address deletes the mails that went to the old one. */
async function linkCameBack(tx: Db, row: Onboarding, mailId: string): Promise<void> {
  const still = await tx.sql('invitation').where({ id: mailId, onboardingId: row.id }).first('id');
  if (!still || !isOpen(row)) return;
  await signalSnapshot(tx, await markMailProblem(tx, row, 'mail-undeliverable'), 'mailReceipt');
}
