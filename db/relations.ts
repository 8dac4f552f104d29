/**
 * A client's relation to a person is its messages. Correcting an address or ending a relation does not affect other
 * clients.
 */

import { NO_FACTS } from '../domain/facts.ts';
import { audit } from './audit.ts';
import type { Client } from './clients.ts';
import { type Db, transaction } from './connect.ts';
import { erase } from './erasure.ts';
import { type Answered, answerOf, type Done, doOnce } from './idempotency.ts';
import { moveMessages } from './messages.ts';
import {
  findOrCreateRecipientForUpdate,
  lockOnboarding,
  lockOnboardingOf,
  type Onboarding,
  onboardingOf,
  signalSnapshot,
  writeChange,
  writeOnboarding,
} from './onboardings.ts';
import { findPersonByEmail, person, setEmail } from './people.ts';
import { givePassedOn, startPassingOn, stopPassingOn } from './temporaryPasswords.ts';
import { openSignIn } from './wrongFactors.ts';

type Relation = { clientId: string; personId: string };

/** The recipient, when this client has a message for that person; otherwise undefined. */
export async function recipientOf(db: Db, { clientId, personId }: Relation): Promise<Onboarding | undefined> {
  return (await isRelated(db, { clientId, personId })) ? onboardingOf(db, personId) : undefined;
}

const isRelated = async (db: Db, relation: Relation): Promise<boolean> =>
  Boolean(await db.sql('message').where(relation).first('id'));

/** The recipient, locked; undefined when a simultaneous call has just ended the relation. */
async function lockRecipient(tx: Db, relation: Relation): Promise<Onboarding | undefined> {
  const row = await lockOnboardingOf(tx, relation.personId);
  return row && (await isRelated(tx, relation)) ? row : undefined;
}

const othersWriteTo = async (tx: Db, { clientId, personId }: Relation): Promise<boolean> =>
  Boolean(await tx.sql('message').where({ personId }).whereNot({ clientId }).first('id'));

/** Every client that has written to the person, by name. */
export async function sendersOf(db: Db, personId: string): Promise<Client[]> {
  const ids = db.sql('message').where({ personId }).select('clientId');
  return db.sql('client').whereIn('id', ids).orderBy('name').select('id', 'name');
}

/**
 * Requests the invitation again, which also restarts an expired or cancelled onboarding with all facts kept. While an
 * earlier request still waits for its mail, another adds nothing: pressing the button a hundred times causes one mail
 * and one signal.
 */
async function askAgain(
  tx: Db,
  row: Onboarding,
  { everyMs, clientId }: { everyMs: number; clientId?: string },
) {
  const waiting =
    row.invitationDue !== null && row.asOf.getTime() - row.requestedAt.getTime() < everyMs && row.shouldRun;
  if (waiting) return row;
  const columns = clientId ? { clientId } : undefined;
  return writeChange(tx, row, { signal: 'invitationRequested', event: 'invitation.requested', columns });
}

/** Requested on the page of an expired link, or by somebody who signs in before finishing. */
export async function askInvitation(db: Db, id: string, everyMs: number): Promise<void> {
  await transaction(db, async (tx) => {
    const row = await lockOnboarding(tx, id);
    if (row.status !== 'completed' && row.status !== 'cancelled') await askAgain(tx, row, { everyMs });
  });
}

/** Requested by an operator: like `askInvitation`, but also restarts a cancelled onboarding. */
export async function inviteByOperator(
  db: Db,
  id: string,
  everyMs: number,
): Promise<{ row: Onboarding } | { refused: 'completed' }> {
  return transaction(db, async (tx) => {
    const row = await lockOnboarding(tx, id);
    if (row.status === 'completed') return { refused: 'completed' as const };
    return { row: await askAgain(tx, row, { everyMs }) };
  });
}

/** When the last invitation was sent, and the earliest time for the next one. */
type InvitationTimes = { sentAt: Date | null; notBefore: Date };
type Again = Relation & {
  everyMs: number;
  /** From now on the client passes temporary passwords on itself. Undefined leaves it unchanged. */
  passesOn?: boolean;
  idempotencyKey?: string;
};

/** Requested by the sender. A temporary password that the client passes on is new each time. */
export async function inviteAgain<A extends object>(
  db: Db,
  again: Again,
  answerFor: (row: Onboarding, times: InvitationTimes) => Promise<A>,
): Promise<Answered<A> | { refused: 'completed' | 'unknown' | 'key-used-differently' }> {
  const { clientId, personId, passesOn = false, idempotencyKey } = again;
  return transaction(db, async (tx) => {
    const ask = () => askBySender(tx, again, answerFor);
    const request = JSON.stringify({ personId, passesOn });
    const keyed = { clientId, call: 'invitation', key: idempotencyKey ?? '', request } as const;
    const done = await (idempotencyKey === undefined ? ask() : doOnce(tx, keyed, ask));
    if ('refused' in done) return done;
    return 'before' in done ? done.before : answerOf(tx, done);
  });
}

async function askBySender<A extends object>(
  tx: Db,
  { clientId, personId, everyMs, passesOn }: Again,
  answerFor: (row: Onboarding, times: InvitationTimes) => Promise<A>,
): Promise<Done<A> | { refused: 'completed' | 'unknown' }> {
  const locked = await lockRecipient(tx, { clientId, personId });
  if (!locked) return { refused: 'unknown' };
  if (locked.status === 'completed') return { refused: 'completed' };
  const row = passesOn ? await startPassingOn(tx, locked, clientId) : locked;
  const temporaryPassword = await givePassedOn(tx, row, { onboardingId: row.id, clientId });
  const asked = await askAgain(tx, row, { everyMs, clientId });
  const answer = await answerFor(asked, await invitationTimes(tx, row.id, everyMs));
  return { answer, personId, temporaryPassword };
}

async function invitationTimes(tx: Db, onboardingId: string, everyMs: number): Promise<InvitationTimes> {
  const notBefore = `greatest(clock_timestamp(), max(sent_at) + ? * interval '1 millisecond') as not_before`;
  const times = await tx
    .sql('invitation')
    .where({ onboardingId, kind: 'invitation' })
    .first(
      tx.sql.raw<{ sentAt: Date | null }>('max(sent_at) as sent_at'),
      tx.sql.raw<{ notBefore: Date }>(notBefore, [everyMs]),
    );
  return times!;
}

/** Everything that the holder of the old address did or has. */
const DELETED_ON_ADDRESS_CHANGE = [
  'sms_code',
  'sms_factor',
  'app_factor',
  'profile',
  'session',
  'reset_link',
  'terms_acceptance',
] as const;
const DELETED_ON_ADDRESS_CHANGE_OF_ONBOARDING = ['invitation', 'temporary_password'] as const;

async function resetOnAddressChange(tx: Db, row: Onboarding): Promise<void> {
  await openSignIn(tx, row.personId, { by: 'correction' });
  for (const table of DELETED_ON_ADDRESS_CHANGE)
    await tx.sql(table).where({ personId: row.personId }).delete();
  for (const table of DELETED_ON_ADDRESS_CHANGE_OF_ONBOARDING)
    await tx.sql(table).where({ onboardingId: row.id }).delete();
  await tx.sql('person').where({ id: row.personId }).update({ passwordHash: null });
}

/** SQLSTATE: another transaction took the address first, or deadlocked with this one. */
const CONFLICTS = ['23505', '40P01'];
const TRIES = 3;

/** Retries a transaction that lost to another one, whose result it then finds. */
async function retryOnConflict<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await transaction(db, work);
    } catch (error) {
      const othersFirst = CONFLICTS.includes((error as { code?: string }).code ?? '');
      if (!othersFirst || tries === TRIES) throw error;
    }
  }
}

/**
 * Corrects the address of somebody who has not finished, for the caller's own messages, and sends an invitation there.
 * The holder of the old address keeps nothing, unless another client also writes to them. Returns the person at the
 * new address.
 */
export async function correctAddress(
  db: Db,
  { clientId, personId, email }: Relation & { email: string },
): Promise<{ personId: string } | { refused: 'completed' | 'same' | 'unknown' }> {
  return retryOnConflict(db, async (tx) => {
    const row = await lockRecipient(tx, { clientId, personId });
    if (!row) return { refused: 'unknown' as const };
    if (row.status === 'completed') return { refused: 'completed' as const };
    const known = await findPersonByEmail(tx, email);
    if (known?.id === personId) return { refused: 'same' as const };
    await audit(tx, { event: 'address.corrected', personId, clientId });
    const shared = await othersWriteTo(tx, { clientId, personId });
    if (!shared && !known) {
      await setEmail(tx, personId, email);
      await resetOnAddressChange(tx, row);
      const columns = { clientId };
      await writeChange(tx, row, {
        signal: 'addressCorrected',
        event: 'facts.voided',
        facts: NO_FACTS,
        columns,
      });
      return { personId };
    }
    const { locale } = await person(tx, personId);
    const { to, row: target } = await findOrCreateRecipientForUpdate(tx, { email, locale }, () => ({
      clientId,
      temporaryPasswordMode: 'mail',
    }));
    const left = await stopPassingOn(tx, row, clientId);
    const passesOn = left.passed && target.status !== 'completed';
    const joined = passesOn ? await startPassingOn(tx, target, clientId) : target;
    await moveMessages(tx, { clientId, from: personId, to: joined });
    if (!shared) await erase(tx, row);
    else await handOver(tx, left.row);
    return { personId: to.id };
  });
}

/** The next mail carries the name of a client that still writes to the person; operators see that at once. */
async function handOver(tx: Db, row: Onboarding): Promise<void> {
  const { personId } = row;
  const other = await tx.sql('message').where({ personId }).orderBy('id', 'desc').first('clientId');
  if (other!.clientId === row.clientId) return;
  const written = await writeOnboarding(tx, row, { clientId: other!.clientId });
  await signalSnapshot(tx, written, 'senderLeft');
}

/** Ends the client's relation to the person and deletes its messages. With the last relation, the person is erased. */
export async function endRelation(db: Db, { clientId, personId }: Relation): Promise<{ erased: boolean }> {
  return transaction(db, async (tx) => {
    const row = await lockRecipient(tx, { clientId, personId });
    if (!row) return { erased: false };
    const shared = await othersWriteTo(tx, { clientId, personId });
    await tx.sql('message').where({ clientId, personId }).delete();
    await audit(tx, { event: 'relation.ended', personId, clientId });
    const { row: left } = await stopPassingOn(tx, row, clientId);
    if (shared) await handOver(tx, left);
    else await erase(tx, row);
    return { erased: !shared };
  });
}
