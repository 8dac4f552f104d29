/** Confidential messages: accepted from a sender once, held until the account is open, read by their person only. */
import { uuidv7 } from 'uuidv7';
import type { Locale } from '../domain/locale.ts';
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { tellOfMessage } from './events.ts';
import { type Answered, answerOf, type Before, type Done, doOnce } from './idempotency.ts';
import { findOrCreateRecipientForUpdate, type Onboarding, onboardingOf, writeChange } from './onboardings.ts';
import { putInOutbox } from './outbox.ts';
import { person, sealFor } from './people.ts';
import type { MessageRow } from './tables.ts';
import { givePassedOn, startPassingOn } from './temporaryPasswords.ts';
import { LOWEST_UUID } from './uuid.ts';

/** What the sender wrote, as it is sealed. */
export type MessageText = {
  from: { name: string; email?: string };
  subject: string;
  body: string;
  reference?: string;
};

/** A row of the table with the name of its client. */
type SealedMessage = MessageRow & { clientName: string };

export type Message = Omit<SealedMessage, 'sealed'> & MessageText;

type Seal = ReturnType<typeof sealFor>;

export type NewMessage = MessageText & {
  clientId: string;
  idempotencyKey: string;
  /** The request as one text, to tell the same request from another under the same key. */
  request: string;
  email: string;
  locale: Locale;
  /** E.164; a number the sender knows. */
  mobile?: string;
  temporaryPassword: 'mail' | 'sender';
};

export type Accepted = { messageId: string; personId: string; onboarding: Onboarding };

/** Messages that are looked through with one statement. */
const OPENED_AT_ONCE = 500;

const place = (row: string) => ({ table: 'message', column: 'sealed', row });
const phonePlace = (row: string) => ({ table: 'onboarding', column: 'offered_phone', row });

/**
 * Takes in a message once: the person, the message, the audit entry, the outbox row and the answer are in the database
 * together or not at all. The same key and request again give the same answer, unless the message was deleted since;
 * another request under the key is refused.
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
  const accepted = await addMessage(tx, message);
  const { onboarding, messageId, personId } = accepted;
  const passing = { onboardingId: onboarding.id, clientId: message.clientId };
  const temporaryPassword = await givePassedOn(tx, onboarding, passing);
  return { answer: answerFor(accepted), personId, messageId, temporaryPassword };
}

/**
 * The answer of before to the letter, while what it names is there. A message that went to another person since, when the
 * address was corrected, is answered with that one.
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

async function addMessage(tx: Db, message: NewMessage): Promise<Accepted> {
  const { clientId, email, locale, mobile, from, subject, body, reference } = message;
  const { to, row, added } = await findOrCreateRecipientForUpdate(tx, { email, locale }, (person) => ({
    clientId,
    temporaryPasswordMode: 'mail',
    offeredPhone: mobile ? sealFor(tx, person).seal(mobile, phonePlace(person.id)) : null,
  }));
  if (message.temporaryPassword === 'sender' && row.status !== 'completed')
    await startPassingOn(tx, { onboardingId: row.id, clientId });
  const messageId = uuidv7();
  const text: MessageText = { from, subject, body, reference };
  await tx.sql('message').insert({
    id: messageId,
    clientId,
    personId: to.id,
    sealed: sealFor(tx, to).seal(JSON.stringify(text), place(messageId)),
  });
  const onboarding = await announce(tx, row, { clientId, messageId, first: added });
  return { messageId, personId: to.id, onboarding };
}

/** Under the person's lock: who has finished gets a notice, who has not is invited. */
async function announce(
  tx: Db,
  row: Onboarding,
  { clientId, messageId, first }: { clientId: string; messageId: string; first: boolean },
): Promise<Onboarding> {
  if (row.status === 'completed') {
    await putInOutbox(tx, { workflow: 'messageNotice', subjectId: messageId });
    await audit(tx, { event: 'message.accepted', personId: row.personId, clientId, details: { messageId } });
    return row;
  }
  const details = { messageId, first };
  return writeChange(tx, row, {
    signal: 'messageSent',
    event: 'message.accepted',
    columns: { clientId },
    details,
  });
}

/** A client's messages for one person become another's, sealed anew under that one's key, and are announced there. */
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
export async function offeredPhone(db: Db, row: Onboarding): Promise<string | undefined> {
  if (!row.offeredPhone) return undefined;
  return sealFor(db, await person(db, row.personId)).open(row.offeredPhone, phonePlace(row.personId));
}

const messageRows = (db: Db) =>
  db
    .sql('message')
    .join('client', 'client.id', 'message.clientId')
    .select('message.*', 'client.name as clientName');

const openedBy = (seal: Seal, { sealed, ...row }: SealedMessage): Message => ({
  ...row,
  ...(JSON.parse(seal.open(sealed, place(row.id))) as MessageText),
});

const opened = async (db: Db, row: SealedMessage): Promise<Message> =>
  openedBy(sealFor(db, await person(db, row.personId)), row);

export async function messageById(db: Db, id: string): Promise<Message | undefined> {
  const row = await messageRows(db).where('message.id', id).first();
  return row && opened(db, row);
}

/** With the key of its person, so that many are read at once. */
const rowsWithKey = (db: Db) =>
  messageRows(db).join('person', 'person.id', 'message.personId').select('person.dataKey');

const openedWithKey = (db: Db, { dataKey, ...row }: SealedMessage & { dataKey: string }): Message =>
  openedBy(sealFor(db, { id: row.personId, dataKey }), row);

/** What the person may read, the newest first. */
export async function releasedMessages(db: Db, personId: string): Promise<Message[]> {
  const rows = await rowsWithKey(db)
    .where({ 'message.personId': personId })
    .whereNotNull('message.releasedAt')
    .orderBy('message.id', 'desc');
  return rows.map((row) => openedWithKey(db, row));
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
 * The ids of the people who have a message with this reference. It is sealed with the message, so every message is
 * opened, batch by batch.
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

/** Where a person goes after the last step: the oldest message not read yet. */
export async function oldestUnread(db: Db, personId: string): Promise<string | undefined> {
  const row = await db
    .sql('message')
    .where({ personId, readAt: null })
    .whereNotNull('releasedAt')
    .orderBy('id')
    .first('id');
  return row?.id;
}

/** Stamps a message read, the first time only. */
export async function markRead(db: Db, { id, personId, clientId }: Message): Promise<void> {
  await transaction(db, async (tx) => {
    const first = await tx.sql('message').where({ id, readAt: null }).update({ readAt: tx.sql.fn.now() });
    if (!first) return;
    await audit(tx, { event: 'message.read', personId, clientId, details: { messageId: id } });
    await tellOfMessage(tx, { id, clientId, personId }, 'message.read');
  });
}

/** Releases one message to a person whose account is open. Only for activities. */
export async function releaseMessage(db: Db, id: string): Promise<void> {
  await db.sql('message').where({ id, releasedAt: null }).update({ releasedAt: db.sql.fn.now() });
}
