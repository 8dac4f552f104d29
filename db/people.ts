/** People: found by an index of their address; all personal data is sealed under a key of their own. */

import { uuidv7 } from 'uuidv7';
import type { Locale } from '../domain/locale.ts';
import { cleanTyped } from '../domain/typed.ts';
import type { Db } from './connect.ts';
import { withAsciiHost } from './mailHost.ts';
import type { PersonRow } from './tables.ts';

/** `email` is in clear here and sealed in the row. */
export type Person = Pick<PersonRow, 'id' | 'email' | 'locale' | 'passwordHash' | 'dataKey'>;

const emailPlace = (row: string) => ({ table: 'person', column: 'email', row });

/** The form in which addresses are stored and found: trimmed, lower case, with the host in ASCII. */
export const normalEmail = (email: string): string => withAsciiHost(cleanTyped(email).toLowerCase());

/** Opens the sealed columns of a row. */
export function openedPerson(db: Db, row: Person): Person {
  const email = db.secrets.personal(row.id, row.dataKey).open(row.email, emailPlace(row.id));
  return { ...row, email };
}

async function rowOf(db: Db, email: string): Promise<PersonRow | undefined> {
  const indexes = db.secrets.emailIndexes(normalEmail(email));
  return db.sql('person').whereIn('emailIndex', indexes).first();
}

export async function findPersonByEmail(db: Db, email: string): Promise<Person | undefined> {
  const row = await rowOf(db, email);
  return row && openedPerson(db, row);
}

/** Opens nothing that is sealed, so finding somebody takes as long as finding nobody. */
export async function findAccount(
  db: Db,
  email: string,
): Promise<Pick<Person, 'id' | 'passwordHash'> | undefined> {
  const row = await rowOf(db, email);
  return row && { id: row.id, passwordHash: row.passwordHash };
}

/** The person; throws when they do not exist. */
export async function person(db: Db, id: string): Promise<Person> {
  const row = await db.sql('person').where({ id }).first();
  if (!row) throw new Error('no such person');
  return openedPerson(db, row);
}

/** A new person; undefined when somebody has this address by now. */
export async function addPerson(
  tx: Db,
  { email, locale }: { email: string; locale: Locale },
): Promise<Person | undefined> {
  const id = uuidv7();
  const dataKey = tx.secrets.newDataKey(id);
  const address = normalEmail(email);
  const added = await tx
    .sql('person')
    .insert({
      id,
      dataKey,
      locale,
      email: tx.secrets.personal(id, dataKey).seal(address, emailPlace(id)),
      emailIndex: tx.secrets.emailIndexes(address)[0]!,
    })
    .onConflict('emailIndex')
    .ignore()
    .returning(['id']);
  return added.length ? { id, email: address, locale, passwordHash: null, dataKey } : undefined;
}

export async function setLocale(db: Db, personId: string, locale: Locale): Promise<void> {
  await db.sql('person').where({ id: personId }).update({ locale });
}

/** Corrects the address in place; the person's key and rows stay. */
export async function setEmail(tx: Db, personId: string, email: string): Promise<void> {
  const address = normalEmail(email);
  const { dataKey } = await person(tx, personId);
  await tx
    .sql('person')
    .where({ id: personId })
    .update({
      email: tx.secrets.personal(personId, dataKey).seal(address, emailPlace(personId)),
      emailIndex: tx.secrets.emailIndexes(address)[0]!,
    });
}

export const setPasswordHash = (tx: Db, personId: string, passwordHash: string) =>
  tx.sql('person').where({ id: personId }).update({ passwordHash });

/** What opens and seals what is a person's own. */
export type Keyed = Pick<Person, 'id' | 'dataKey'>;

/** Seals and opens this person's columns. */
export const sealFor = (db: Db, { id, dataKey }: Keyed) => db.secrets.personal(id, dataKey);
