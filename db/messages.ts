/**
 * Confidential messages: accepted from a sender once, held until the account is open, readable only by their
 * recipient.
 */
import { uuidv7 } from 'uuidv7';
import type { Locale } from '../domain/locale.ts';
import { auditEntry } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { messageEvent } from './events.ts';
import { type Answered, answerOf, type Before, type Done, doOnce } from './idempotency.ts';
import { findOrCreateRecipientForUpdate, type Onboarding, onboardingOf, writeChange } from './onboardings.ts';
import { putInOutboxWith } from './outbox.ts';
import { type Keyed, person, sealFor } from './people.ts';
import type { MessageRow } from './tables.ts';
import { givePassedOn, startPassingOn } from './temporaryPasswords.ts';
import { type Write, writeTogether } from './together.ts';
import { LOWEST_UUID } from './uuid.ts';

/** The sender's text, sealed as one value. */
export type MessageText = {
  from: { name: string; email?: string };
  subject: string;
  body: string;
  reference?: string;
};

/** A row of the table, with the name of its client. */
type SealedMessage = MessageRow & { clientName: string };

export type Message = Omit<SealedMessage, 'sealed'> & MessageText;

type Seal = ReturnType<typeof sealFor>;

export type NewMessage = MessageText & {
  clientId: string;
  idempotencyKey: string;
  /** The request as one text, to recognise a different request under the same key. */
  request: string;
  email: string;
  locale: Locale;
  /** E.164; the recipient's number as the sender knows it. */
  mobile?: string;
  temporaryPassword: 'mail' | 'sender';
};

export type Accepted = { messageId: string; personId: string; onboarding: Onboarding };

/** Messages opened per statement. */
const OPENED_AT_ONCE = 500;

const place = (row: string) => ({ table: 'message', column: 'sealed', row });
const phonePlace = (row: string) => ({ table: 'onboarding', column: 'offered_phone', row });

/**
 * Accepts a message once: person, message, audit entry, outbox row and answer are stored together or not at all. A
 * repeated key and request gets the same answer, unless the message was deleted since; a different request under the
 * key is refused.
 */
export async function acceptMessage<A extends object>(
  db: Db,
  message: NewMessage,
  answerFor: (accepted: Accepted) => A,
): Promise<Answered<A> | { refused: 'key-used-differently' | 'message-deleted' }> {
  const { clientId, idempotencyKey: key, request } = message;
  return transaction(db, async (tx) => {
    const keyed = { clientId, call: 'message', key, request } as const;
    const done = await doOnce<A, never>(tx, keyed, () => takeIn(tx, message, answerFor));
    if ('refused' in done) return done;
    return 'before' in done ? answerAgain(tx, done.before, answerFor) : answerOf(tx, done);
  });
}

async function takeIn<A>(
  tx: Db,
  message: NewMessage,
  answerFor: (accepted: Accepted) => A,
): Promise<Done<A>> {
  const { added, ...accepted } = await addMessage(tx, message);
  const { onboarding, messageId, personId } = accepted;
  const passing = { onboardingId: onboarding.id, clientId: message.clientId };
  const mayPassOn = !added || message.temporaryPassword === 'sender';
  const temporaryPassword = mayPassOn ? await givePassedOn(tx, onboarding, passing) : undefined;
  return { answer: answerFor(accepted), personId, messageId, temporaryPassword };
}

/**
 * Repeats the earlier answer exactly, as long as the message exists. If an address correction has moved the message to
 * another person, the answer names that person.
 */
async function answerAgain<A extends object>(
  tx: Db,
  { messageId, personId, answer, temporaryPassword }: Before<A>,
  answerFor: (accepted: Accepted) => A,
): Promise<Answered<A> | { refused: 'message-deleted' }> {
  const message = messageId && (await tx.sql('message').where({ id: messageId }).first('personId'));
  if (!message) return { refused: 'message-deleted' };
  if (message.personId === personId) return { answer, temporaryPassword };
  const onboarding = (await onboardingOf(tx, message.personId))!;
  return { answer: answerFor({ messageId, personId: message.personId, onboarding }), temporaryPassword };
}

async function addMessage(tx: Db, message: NewMessage): Promise<Accepted & { added: boolean }> {
  const { clientId, email, locale, mobile, from, subject, body, reference } = message;
  const {
    to,
    row: locked,
    added,
  } = await findOrCreateRecipientForUpdate(tx, { email, locale }, (person) => ({
    clientId,
    temporaryPasswordMode: 'mail',
    offeredPhone: mobile ? sealFor(tx, person).seal(mobile, phonePlace(person.id)) : null,
  }));
  const passesOn = message.temporaryPassword === 'sender' && locked.status !== 'completed';
  const row = passesOn ? await startPassingOn(tx, locked, clientId) : locked;
  const messageId = uuidv7();
  const text: MessageText = { from, subject, body, reference };
  const insert = tx.sql('message').insert({
    id: messageId,
    clientId,
    personId: to.id,
    sealed: sealFor(tx, to).seal(JSON.stringify(text), place(messageId)),
  });
  const onboarding = await announce(tx, row, { clientId, messageId, first: added, besides: [insert] });
  return { messageId, personId: to.id, onboarding, added };
}

/** Under the person's lock: a person with an account gets a notice, everybody else an invitation. */
async function announce(
  tx: Db,
  row: Onboarding,
  {
    clientId,
    messageId,
    first,
    besides = [],
  }: { clientId: string; messageId: string; first: boolean; besides?: Write[] },
): Promise<Onboarding> {
  if (row.status === 'completed') {
    const accepted = { event: 'message.accepted', personId: row.personId, clientId, details: { messageId } };
    const notice = { workflow: 'messageNotice', subjectId: messageId } as const;
    await putInOutboxWith(tx, notice, [...besides, auditEntry(tx, accepted)]);
    return row;
  }
  const details = { messageId, first };
  return writeChange(tx, row, {
    signal: 'messageSent',
    event: 'message.accepted',
    columns: { clientId },
    details,
    besides,
  });
}

/**
 * Moves a client's messages from one person to another: seals them with the other person's key and announces them
 * there.
 */
export async function moveMessages(
  tx: Db,
  { clientId, from, to }: { clientId: string; from: string; to: Onboarding },
): Promise<void> {
  const [open, seal] = [sealFor(tx, await person(tx, from)), sealFor(tx, await person(tx, to.personId))];
  const rows = await tx.sql('message').where({ clientId, personId: from }).orderBy('id');
  let target = to;
  for (const { id, sealed } of rows) {
    const text = seal.seal(open.open(sealed, place(id)), place(id));
    const planned = { toldWith: null, noticeDueAt: null };
    await tx
      .sql('message')
      .where({ id })
      .update({ personId: to.personId, sealed: text, ...planned });
    target = await announce(tx, target, { clientId, messageId: id, first: false });
  }
}

/** The number that the sender gave for this person. */
export const offeredPhone = (db: Db, of: Keyed, { offeredPhone }: Onboarding): string | undefined =>
  offeredPhone === null ? undefined : sealFor(db, of).open(offeredPhone, phonePlace(of.id));

const messageRows = (db: Db) =>
  db
    .sql('message')
    .join('client', 'client.id', 'message.clientId')
    .select('message.*', 'client.name as clientName');

const openedBy = (seal: Seal, { sealed, ...row }: SealedMessage): Message => ({
  ...row,
  ...(JSON.parse(seal.open(sealed, place(row.id))) as MessageText),
});

export async function messageById(db: Db, id: string): Promise<Message | undefined> {
  const row = await rowsWithKey(db).where('message.id', id).first();
  return row && openedWithKey(db, row);
}

/** Includes the person's key, so that many messages can be opened at once. */
const rowsWithKey = (db: Db) =>
  messageRows(db).join('person', 'person.id', 'message.personId').select('person.dataKey');

const openedWithKey = (db: Db, { dataKey, ...row }: SealedMessage & { dataKey: string }): Message =>
  openedBy(sealFor(db, { id: row.personId, dataKey }), row);

/** The messages that the person may read, newest first. */
export async function releasedMessages(db: Db, personId: string): Promise<Message[]> {
  const rows = await rowsWithKey(db)
    .where({ 'message.personId': personId })
    .whereNotNull('message.releasedAt')
    .orderBy('message.id', 'desc');
  return rows.map((row) => openedWithKey(db, row));
}

/** One of them, as it stands. */
export async function releasedMessage(
  db: Db,
  { id, personId }: { id: string; personId: string },
): Promise<Message | undefined> {
  const rows = rowsWithKey(db).where({ 'message.id': id, 'message.personId': personId });
  const row = await rows.whereNotNull('message.releasedAt').first();
  return row && openedWithKey(db, row);
}

/** The newest messages to a person, read or held, the newest first. */
export async function newestMessagesTo(db: Db, personId: string, limit: number): Promise<Message[]> {
  const rows = await rowsWithKey(db)
    .where({ 'message.personId': personId })
    .orderBy('message.id', 'desc')
    .limit(limit);
  return rows.map((row) => openedWithKey(db, row));
}

/**
 * The ids of people who have a message with this reference. References are sealed, so every message is opened, in
 * batches.
 */
export async function peopleOfReference(db: Db, reference: string): Promise<string[]> {
  const found = new Set<string>();
  for (let after = LOWEST_UUID; ; ) {
    const rows = await rowsWithKey(db)
      .where('message.id', '>', after)
      .orderBy('message.id')
      .limit(OPENED_AT_ONCE);
    for (const row of rows) if (openedWithKey(db, row).reference === reference) found.add(row.personId);
    if (rows.length < OPENED_AT_ONCE) return [...found];
    after = rows.at(-1)!.id;
  }
}

/** Where the person goes after the last step: the oldest unread message. */
export async function oldestUnread(db: Db, personId: string): Promise<string | undefined> {
  const row = await db
    .sql('message')
    .where({ personId, readAt: null })
    .whereNotNull('releasedAt')
    .orderBy('id')
    .first('id');
  return row?.id;
}

/**
 * A message that the person may read, which is stamped read now if it was not. Undefined: there is none of this id for
 * this person. `readAt` is what it was before.
 */
export function readMessage(
  db: Db,
  { id, personId }: { id: string; personId: string },
): Promise<Message | undefined> {
  return transaction(db, async (tx) => {
    const { rows } = await tx.sql.raw<SealedMessage & { dataKey: string; isFirst: boolean }>(
      `with first as (
        update message set read_at = now()
          where id = :id and person_id = :personId and released_at is not null and read_at is null returning id
      )
      select message.*, client.name as client_name, data_key, exists(select from first) as is_first
        from message join client on client.id = client_id join person on person.id = person_id
        where message.id = :id and person_id = :personId and released_at is not null`,
      { id, personId },
    );
    if (!rows[0]) return undefined;
    const { isFirst, ...row } = rows[0];
    const { clientId } = row;
    const entry = auditEntry(tx, { event: 'message.read', personId, clientId, details: { messageId: id } });
    const told = messageEvent(tx, { id, clientId, personId }, 'message.read');
    if (isFirst) await writeTogether(tx, { besides: [entry, told] });
    return openedWithKey(tx, row);
  });
}

/** Releases one message to a person with an open account. Only for activities. */
export async function releaseMessage(db: Db, id: string): Promise<void> {
  await db.sql('message').where({ id, releasedAt: null }).update({ releasedAt: db.sql.fn.now() });
}
