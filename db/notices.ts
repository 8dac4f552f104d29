/**
 * Mails that announce new messages to people with an open account. Messages that arrive shortly after such a mail wait
 * for the next one, so that many messages cause few mails. One message represents all those a mail announces: its
 * workflow sends the mail, and its id identifies it.
 */
import { type Db, transaction } from './connect.ts';
import { messageEvent } from './events.ts';
import { type Message, messageById } from './messages.ts';
import type { Onboarding } from './onboardings.ts';
import type { TableQuery } from './sql.ts';

/** How long to wait before sending, in milliseconds; `told-with-another`: another message's mail announces this one. */
export type NoticePlan = { waitMs: number } | 'told-with-another';

/**
 * Releases the message and decides which mail announces it: one that already waits for the same person and sender, or
 * its own, sent at once or `everyMs` milliseconds after the last one. Repeated calls return the same plan.
 */
export async function planNotice(db: Db, messageId: string, everyMs: number): Promise<NoticePlan> {
  return transaction(db, async (tx) => {
    await lockReader(tx, messageId);
    const [message] = await tx
      .sql('message')
      .where({ id: messageId })
      .update({ releasedAt: tx.sql.raw('coalesce(released_at, now())') })
      .returning(['id', 'personId', 'clientId', 'toldWith', 'noticeDueAt']);
    if (!message) return { waitMs: 0 };
    const { personId, clientId } = message;
    const ofSame = () => tx.sql('message').where({ personId, clientId });
    const waiting = message.noticeDueAt ? undefined : await ofSame().modify(mailNotYetDue).first('id');
    const toldWith = message.toldWith ?? waiting?.id;
    if (toldWith) {
      await tx.sql('message').where({ id: messageId }).update({ toldWith });
      return 'told-with-another';
    }
    const last = ofSame().select(tx.sql.raw(LAST_MAIL));
    const due = `coalesce(notice_due_at, greatest(clock_timestamp(), (?) + ? * interval '1 millisecond'))`;
    const [planned] = await tx
      .sql('message')
      .where({ id: messageId })
      .update({ noticeDueAt: tx.sql.raw(due, [last, everyMs]) })
      .returning(
        tx.sql.raw<{ waitMs: number }>(
          'extract(epoch from notice_due_at - clock_timestamp()) * 1000 as wait_ms',
        ),
      );
    return { waitMs: Math.max(0, Math.ceil(planned!.waitMs)) };
  });
}

/** Messages whose mail is not due yet, so its content is still open. */
const mailNotYetDue = (rows: TableQuery<'message'>) =>
  rows.whereRaw('notice_due_at > clock_timestamp()').where({ notifiedAt: null, undeliverableAt: null });

/** When the last mail was sent, or when one still being tried was due; a refused mail does not count. */
const LAST_MAIL = `max(coalesce(notified_at, case when undeliverable_at is null then notice_due_at end))`;

/** Locked first, as everywhere. */
const lockReader = (tx: Db, messageId: string): Promise<Pick<Onboarding, 'id'> | undefined> => {
  const reader = tx.sql('message').where({ id: messageId }).select('personId');
  return tx.sql('onboarding').whereIn('personId', reader).forUpdate().first('id');
};

/** The messages that this message's mail announces, including itself. */
const messagesAnnouncedBy = (tx: Db, messageId: string) =>
  tx.sql('message').where((told) => told.where({ id: messageId }).orWhere({ toldWith: messageId }));

/**
 * What this message's mail says, and how many other messages it announces. The first attempt closes the mail: no
 * message joins after that, so every attempt has the same text. Undefined when the mail was sent or everything was
 * read meanwhile; later messages get their own mail.
 */
export async function noticeOf(
  db: Db,
  messageId: string,
): Promise<{ message: Message; more: number } | undefined> {
  const more = await transaction(db, async (tx) => {
    await lockReader(tx, messageId);
    const told = await messagesAnnouncedBy(tx, messageId);
    const own = told.find(({ id }) => id === messageId);
    if (!own || own.notifiedAt) return undefined;
    if (told.every(({ readAt }) => readAt)) {
      await tx.sql('message').where({ id: messageId }).update({ noticeDueAt: null });
      return undefined;
    }
    // Nothing joins from now on, even when the worker's clock is ahead of the database's.
    const closed = tx.sql.raw('least(notice_due_at, clock_timestamp())');
    const [planned] = await tx
      .sql('message')
      .where({ id: messageId })
      .update({ noticeDueAt: closed })
      .returning('noticeDueAt');
    const dueAt = planned!.noticeDueAt!;
    // Messages read before the mail was due are never counted, so that every attempt states the same number.
    return told.filter(({ id, readAt }) => id !== messageId && !(readAt && readAt <= dueAt)).length;
  });
  const message = more === undefined ? undefined : await messageById(db, messageId);
  return message && { message, more: more! };
}

/** The mail was sent. This clears an earlier refusal, unless this mail has already bounced. */
export async function markNotified(db: Db, messageId: string): Promise<void> {
  const cameBack = db.sql('send_try').where({ subjectId: messageId, receipt: 'bounced' }).select('id');
  await messagesAnnouncedBy(db, messageId)
    .andWhere({ notifiedAt: null })
    .update({ notifiedAt: db.sql.fn.now() });
  await messagesAnnouncedBy(db, messageId).whereNotExists(cameBack).update({ undeliverableAt: null });
}

/** The mail was refused for good or bounced: the sender is told about each unread message. */
export async function markUndeliverable(db: Db, messageId: string): Promise<void> {
  await transaction(db, async (tx) => {
    const first = await messagesAnnouncedBy(tx, messageId)
      .andWhere({ undeliverableAt: null, readAt: null })
      .update({ undeliverableAt: tx.sql.fn.now() })
      .returning(['id', 'clientId', 'personId']);
    for (const message of first) await messageEvent(tx, message, 'message.undeliverable');
  });
}
