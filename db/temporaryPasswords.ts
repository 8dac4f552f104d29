/**
 * Temporary passwords: mailed, or passed on by the clients that asked for that. Derived from a row, never stored.
 *
 * A mailed one works until the person has a password of their own. One that a client passes on works until a second
 * factor is set up: until then it proves that access to the mailbox is not all that the person has.
 */
import { randomUUID } from 'node:crypto';
import { lettersAndDigits } from '../domain/typed.ts';
import type { Db } from './connect.ts';
import { isOpen, type Onboarding, writePasswordMode } from './onboardings.ts';
import { equal } from './secrets.ts';

type Derivable = { id: string; keyId: string };
type Mode = Pick<Onboarding, 'id' | 'temporaryPasswordMode'>;
type Factors = Pick<Onboarding, 'smsVerifiedAt' | 'appVerifiedAt'>;
/** A client and somebody's onboarding. */
type Passing = { onboardingId: string; clientId: string };

const factorIsSet = ({ smsVerifiedAt, appVerifiedAt }: Factors): boolean =>
  smsVerifiedAt !== null || appVerifiedAt !== null;

/**
 * The mailbox is not enough to choose a password, whether the first or a new one, when a client passes temporary
 * passwords on.
 */
export const needsPassedOn = (row: Mode & Factors): boolean =>
  row.temporaryPasswordMode === 'sender' && !factorIsSet(row);

/** `clientId`: the client that passes it on; absent when mailed. */
export async function addTemporaryPassword(
  tx: Db,
  { onboardingId, clientId = null }: { onboardingId: string; clientId?: string | null },
): Promise<Derivable> {
  const row = { id: randomUUID(), keyId: tx.secrets.keyId };
  await tx.sql('temporary_password').insert({ ...row, onboardingId, clientId });
  return row;
}

/**
 * The newest one that is mailed; made now if there is none, once for all tries of all mails, because the caller holds the
 * row. Undefined: none is to be mailed any more.
 */
export async function mailedPassword(tx: Db, row: Onboarding): Promise<string | undefined> {
  if (!isOpen(row) || row.passwordChangedAt || row.temporaryPasswordMode !== 'mail') return undefined;
  const { id: onboardingId } = row;
  const newest = await tx
    .sql('temporary_password')
    .where({ onboardingId, clientId: null })
    .orderBy('createdAt', 'desc')
    .first('id', 'keyId');
  return tx.secrets.temporaryPassword(newest ?? (await addTemporaryPassword(tx, { onboardingId })));
}

const isPassing = async (tx: Db, passing: Passing): Promise<boolean> =>
  Boolean(await tx.sql('passing_on').where(passing).first('askedAt'));

/**
 * From now on this client passes temporary passwords on itself, and what was mailed counts no longer, whoever else
 * writes to the person. The caller holds the row's lock, and goes on with the row as it stands then.
 */
export async function startPassingOn(tx: Db, row: Onboarding, clientId: string): Promise<Onboarding> {
  const onboardingId = row.id;
  await tx.sql('passing_on').insert({ onboardingId, clientId }).onConflict().ignore();
  await dropMailedPasswords(tx, onboardingId);
  return writePasswordMode(tx, row, 'sender');
}

/** The client has no part in this onboarding any more. `passed`: it passed temporary passwords on. */
export async function stopPassingOn(
  tx: Db,
  row: Onboarding,
  clientId: string,
): Promise<{ passed: boolean; row: Onboarding }> {
  const onboardingId = row.id;
  await tx.sql('temporary_password').where({ onboardingId, clientId }).delete();
  const passed = await tx.sql('passing_on').where({ onboardingId, clientId }).delete();
  const others = await tx.sql('passing_on').where({ onboardingId }).first('clientId');
  // Nobody is left who could give the person one.
  return { passed: passed > 0, row: others ? row : await writePasswordMode(tx, row, 'mail') };
}

/** Creates a new one for a client that passes them on, as long as the person can use it. */
export async function givePassedOn(tx: Db, row: Factors, passing: Passing): Promise<Derivable | undefined> {
  if (factorIsSet(row) || !(await isPassing(tx, passing))) return undefined;
  return addTemporaryPassword(tx, passing);
}

/** The one given to a client; undefined when it no longer works. */
export async function temporaryPasswordOf(
  db: Db,
  id: string | null | undefined,
): Promise<string | undefined> {
  const row = id && (await db.sql('temporary_password').where({ id }).first('id', 'keyId'));
  return row ? db.secrets.temporaryPassword(row) : undefined;
}

/**
 * The name of the client to ask for one: the sender of the current mail if it passes them on, otherwise the last
 * client that asked.
 */
export async function whoPassesOn(
  db: Db,
  { onboardingId, clientId }: { onboardingId: string; clientId: string | null },
): Promise<string> {
  const row = await db
    .sql('passing_on')
    .join('client', 'client.id', 'passing_on.clientId')
    .where({ onboardingId })
    .orderByRaw('(client.id is not distinct from ?::uuid) desc, asked_at desc', [clientId])
    .first('client.name');
  return row?.name ?? '';
}

/**
 * Whether the typed password works for this onboarding, however it is capitalised or punctuated. Each client's own
 * password works; mailed ones do not once a client passes them on; none works when the onboarding has ended.
 */
export async function isTemporaryPassword(
  db: Db,
  { id }: Pick<Onboarding, 'id'>,
  typed: string,
): Promise<boolean> {
  const rows = await db
    .sql('temporary_password')
    .join('onboarding', 'onboarding.id', 'temporary_password.onboardingId')
    .where({ 'onboarding.id': id, 'onboarding.status': 'open' })
    .andWhereRaw(`(temporary_password.client_id is null) = (temporary_password_mode = 'mail')`)
    .select('temporary_password.id', 'temporary_password.keyId');
  const written = lettersAndDigits(typed);
  // Compare with all, so that the time does not reveal which one was right.
  return rows
    .map((row) => equal(db.secrets.temporaryPassword(row).replaceAll('-', ''), written))
    .reduce((right, one) => right || one, false);
}

/** The person has a password of their own: what was mailed counts no longer. */
export const dropMailedPasswords = (tx: Db, onboardingId: string) =>
  tx.sql('temporary_password').where({ onboardingId, clientId: null }).delete();

/** A second factor is set up: none counts any longer. */
export const dropTemporaryPasswords = (tx: Db, onboardingId: string) =>
  tx.sql('temporary_password').where({ onboardingId }).delete();
