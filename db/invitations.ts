/** Mails with a link. Its token is not stored: it is derived from the row. */
import { randomUUID } from 'node:crypto';
import type { Locale } from '../domain/locale.ts';
import type { ReadSnapshot } from '../domain/snapshot.ts';
import { steps } from '../domain/steps.ts';
import { type Db, transaction } from './connect.ts';
import { type SenderEvent, sendersEvent } from './events.ts';
import {
  expiresAt,
  factsOf,
  findAndLockOnboarding,
  isOpen,
  lockWithPerson,
  markMailProblem,
  type Onboarding,
  readSnapshotOf,
  signalSnapshot,
  writeOnboarding,
} from './onboardings.ts';
import type { Person } from './people.ts';
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

/** An opened link: the mail that it stood in, and how things stand. `isOver`: its time has passed by the database's clock. */
export type LinkState = {
  invitation: Pick<Invitation, 'id' | 'keyId' | 'clientId'>;
  row: Onboarding;
  locale: Locale;
  organisation: string;
  isOver: boolean;
};

/**
 * What the token of a link stands for, with all that its page says, in one statement. Undefined for anything else, also for
 * a token whose proof is wrong.
 */
export async function linkOfToken(
  db: Db,
  { token, expireAfter }: { token: string; expireAfter: number },
): Promise<LinkState | undefined> {
  const id = db.secrets.rowIdIn(token);
  if (!id) return undefined;
  const found = await db
    .sql('invitation')
    .join('onboarding', 'onboarding.id', 'invitation.onboardingId')
    .join('person', 'person.id', 'onboarding.personId')
    .join('client', 'client.id', 'invitation.clientId')
    .where({ 'invitation.id': id })
    .first(
      'onboarding.*',
      'keyId',
      'invitation.clientId as invitedBy',
      'locale',
      'name as organisation',
      db.sql.raw<{ isOver: boolean; asOf: Date }>('? <= now() as is_over, clock_timestamp() as as_of', [
        expiresAt(db, expireAfter),
      ]),
    );
  if (!found || !db.secrets.isLinkToken({ id, keyId: found.keyId }, token)) return undefined;
  const { keyId, invitedBy: clientId, locale, organisation, isOver, ...row } = found;
  return { invitation: { id, keyId, clientId }, row, locale, organisation, isOver };
}

/** SQL: of the client that the mail comes from, for the person that it goes to. */
const NEWEST_MESSAGE = `(select message.id from message
  where message.person_id = onboarding.person_id and message.client_id = :clientId order by message.id desc limit 1)`;

/**
 * What a mail says of how things stood at its first try, so that a repeated mail has the identical text, whatever happened
 * meanwhile: until when the link works, at which step somebody stands, and which message waits (its id).
 */
type SaidFirst = { saysUntil: Date; saysStep: string; saysMessage: string | null };

/** A mail with a link that is to be sent. `organisation`: its name. */
export type LinkMail = {
  invitation: Invitation & SaidFirst;
  reader: Person;
  organisation: string;
};

/** The row of one logical mail, with what its first try said. The same `sendKey` gives the same row. */
export async function writeLinkMail(
  tx: Db,
  given: { onboardingId: string; clientId: string; kind: InvitationKind; sendKey: string; step: string },
  expireAfter: number,
): Promise<LinkMail['invitation'] & { organisation: string }> {
  const first = (column: string) => `${column} = coalesce(invitation.${column}, excluded.${column})`;
  const { rows } = await tx.sql.raw<LinkMail['invitation'] & { organisation: string }>(
    `insert into invitation (id, key_id, onboarding_id, client_id, kind, send_key, says_until, says_step, says_message)
      select :id, :keyId, id, :clientId, :kind, :sendKey, :expires, :step, ${NEWEST_MESSAGE}
      from onboarding where id = :onboardingId
    on conflict (onboarding_id, send_key) do update
      set ${['says_until', 'says_step', 'says_message'].map(first).join(', ')}
    returning *, (select name from client where client.id = invitation.client_id) as organisation`,
    { id: randomUUID(), keyId: tx.secrets.keyId, expires: expiresAt(tx, expireAfter), ...given },
  );
  return rows[0]!;
}

/**
 * Decides under the row's lock whether the mail is to be sent, and what it says; `factsFor` reads what else stands in it.
 * Undefined: the person was erased. Without `mail`: something happened since, and it is for nobody any more.
 */
export async function prepareLinkMail<Facts>(
  db: Db,
  given: {
    onboardingId: string;
    kind: InvitationKind;
    sendKey: string;
    isDue: (row: Onboarding) => boolean;
    expireAfter: number;
  },
  factsFor: (tx: Db, row: Onboarding, mail: LinkMail) => Promise<Facts>,
): Promise<{ row: Onboarding; mail?: LinkMail & { facts: Facts } } | undefined> {
  const { isDue, expireAfter, ...key } = given;
  return transaction(db, async (tx) => {
    const found = await lockWithPerson(tx, given.onboardingId);
    if (!found) return undefined;
    const { row, reader } = found;
    if (!isOpen(row) || !isDue(row)) return { row };
    const step = steps(factsOf(row)).current;
    const written = await writeLinkMail(tx, { ...key, clientId: row.clientId, step }, expireAfter);
    if (written.saysStep !== step) return { row };
    const { organisation, ...invitation } = written;
    const mail = { invitation, reader, organisation };
    return { row, mail: { ...mail, facts: await factsFor(tx, row, mail) } };
  });
}

/** What sending a mail changes in its onboarding, in terms of the row. */
export type SentMail = {
  columns: (row: Onboarding) => Parameters<typeof writeOnboarding>[2];
  tell?: SenderEvent;
};

/** SQL: the mail provider reported that this very mail came back. */
const cameBack = (tx: Db) =>
  tx.sql.raw<{ cameBack: boolean }>(
    `exists(select from send_try where subject_id = invitation.id and receipt = 'bounced') as came_back`,
  );

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
    const [first] = await tx
      .sql('invitation')
      .where({ id, sentAt: null })
      .update({ sentAt: tx.sql.fn.now() })
      .returning([cameBack(tx)]);
    if (!first) return readSnapshotOf(row);
    const mailRefusedAt = first.cameBack ? row.mailRefusedAt : null;
    const sent = { ...columns(row), mailRefusedAt, mailDelayedAt: null };
    const told = tell ? [sendersEvent(tx, row.personId, tell)] : [];
    return readSnapshotOf(await writeOnboarding(tx, row, sent, told));
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
