/**
 * The mails that tell somebody whose account is open of new messages. What comes within a while after such a mail waits
 * for the next one, so many messages make few mails. One message of those that a mail tells of stands for all of them:
 * its workflow sends the mail, and its id is that of the mail.
 */
import { type Db, transaction } from './connect.ts';
import { tellOfMessage } from './events.ts';
import { type Message, messageById } from './messages.ts';
import type { Onboarding } from './onboardings.ts';
import type { TableQuery } from './sql.ts';

/** Milliseconds to wait before the mail is sent; `told-with-another`: the mail of another message tells of this one. */
export type NoticePlan = { waitMs: number } | 'told-with-another';

/**
 * Releases the message, and decides which mail tells of it: the one that waits for the same person and sender, or one of
 * its own, at once or `everyMs` milliseconds after the last one. Asked again, it says the same.
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
    const waiting = message.noticeDueAt ? undefined : await ofSame().modify(whoseMailWaits).first('id');
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

/** Their mail is not due yet: what it says is not decided. */
const whoseMailWaits = (rows: TableQuery<'message'>) =>
  rows.whereRaw('notice_due_at > clock_timestamp()').where({ notifiedAt: null, undeliverableAt: null });

/** When the last mail left, or the one that is being tried was due; one that was refused told nobody. */
const LAST_MAIL = `max(coalesce(notified_at, case when undeliverable_at is null then notice_due_at end))`;

/** First of all locks, as everywhere. */
const lockReader = (tx: Db, messageId: string): Promise<Pick<Onboarding, 'id'> | undefined> => {
  const reader = tx.sql('message').where({ id: messageId }).select('personId');
  return tx.sql('onboarding').whereIn('personId', reader).forUpdate().first('id');
};

/** The messages that this one's mail tells of, itself among them. */
const toldBy = (tx: Db, messageId: string) =>
  tx.sql('message').where((told) => told.where({ id: messageId }).orWhere({ toldWith: messageId }));

/**
 * What the mail of this message says, and how many other messages it tells of. The first try closes it: nothing joins any
 * more, so each try has the same text. Undefined when it left, or when all were read meanwhile; what comes then has its own mail.
 */
export async function noticeOf(
  db: Db,
  messageId: string,
): Promise<{ message: Message; more: number } | undefined> {
  const more = await transaction(db, async (tx) => {
    await lockReader(tx, messageId);
    const told = await toldBy(tx, messageId);
    const own = told.find(({ id }) => id === messageId);
    if (!own || own.notifiedAt) return undefined;
    if (told.every(({ readAt }) => readAt)) {
      await tx.sql('message').where({ id: messageId }).update({ noticeDueAt: null });
      return undefined;
    }
    // From now on nothing joins, also when the engine's clock is ahead of the database's.
    const closed = tx.sql.raw('least(notice_due_at, clock_timestamp())');
    const [planned] = await tx
      .sql('message')
      .where({ id: messageId })
      .update({ noticeDueAt: closed })
      .returning('noticeDueAt');
    const dueAt = planned!.noticeDueAt!;
    // Read before it was due: not counted, at this try as at every other.
    return told.filter(({ id, readAt }) => id !== messageId && !(readAt && readAt <= dueAt)).length;
  });
  const message = more === undefined ? undefined : await messageById(db, messageId);
  return message && { message, more: more! };
}

/** The mail was handed over: a refusal before is over, unless this very mail came back already. */
export async function markNotified(db: Db, messageId: string): Promise<void> {
  const cameBack = db.sql('send_try').where({ subjectId: messageId, receipt: 'bounced' }).select('id');
  await toldBy(db, messageId).andWhere({ notifiedAt: null }).update({ notifiedAt: db.sql.fn.now() });
  await toldBy(db, messageId).whereNotExists(cameBack).update({ undeliverableAt: null });
}

/** The mail was refused for good, or came back: the sender is told, of each message that was not read. */
export async function markUndeliverable(db: Db, messageId: string): Promise<void> {
  await transaction(db, async (tx) => {
    const first = await toldBy(tx, messageId)
      .andWhere({ undeliverableAt: null, readAt: null })
      .update({ undeliverableAt: tx.sql.fn.now() })
      .returning(['id', 'clientId', 'personId']);
    for (const message of first) await tellOfMessage(tx, message, 'message.undeliverable');
  });
}
