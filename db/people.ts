/** People: found by an index of their address, everything personal sealed under a key of their own. */

import { uuidv7 } from 'uuidv7';
import type { Locale } from '../domain/locale.ts';
import { cleanTyped } from '../domain/typed.ts';
import type { Db } from './connect.ts';
import { withAsciiHost } from './mailHost.ts';
import type { PersonRow } from './tables.ts';

/** With the address as it is read; in the row it is sealed. */
export type Person = Pick<PersonRow, 'id' | 'email' | 'locale' | 'passwordHash' | 'dataKey'>;

const emailPlace = (row: string) => ({ table: 'person', column: 'email', row });

/** The form in which an address is kept and found: cleaned, in lower case, its host in ASCII. No other folding. */
export const normalEmail = (email: string): string => withAsciiHost(cleanTyped(email).toLowerCase());

/** The person of a row of this table. */
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

/** Opens nothing that is sealed: finding somebody takes as long as finding nobody. */
export async function findAccount(
  db: Db,
  email: string,
): Promise<Pick<Person, 'id' | 'passwordHash'> | undefined> {
  const row = await rowOf(db, email);
  return row && { id: row.id, passwordHash: row.passwordHash };
}

/** The person; throws when there is none. */
export async function person(db: Db, id: string): Promise<Person> {
  const row = await db.sql('person').where({ id }).first();
  if (!row) throw new Error('no such person');
  return openedPerson(db, row);
}

/** The person with this address, made now if there was none. Two callers at once get the same one. */
export async function findOrAddPerson(
  tx: Db,
  { email, locale }: { email: string; locale: Locale },
): Promise<Person> {
  const known = await findPersonByEmail(tx, email);
  if (known) return known;
  const id = uuidv7();
  const dataKey = tx.secrets.newDataKey(id);
  const address = normalEmail(email);
  await tx
    .sql('person')
    .insert({
      id,
      dataKey,
      locale,
      email: tx.secrets.personal(id, dataKey).seal(address, emailPlace(id)),
      emailIndex: tx.secrets.emailIndexes(address)[0]!,
    })
    .onConflict('emailIndex')
    .ignore();
  const added = await findPersonByEmail(tx, email);
  if (!added) throw new Error('a person that was just added is not there');
  return added;
}

export async function setLocale(db: Db, personId: string, locale: Locale): Promise<void> {
  await db.sql('person').where({ id: personId }).update({ locale });
}

/** Corrects the address in place: the person's key and rows stay. */
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

export async function setPasswordHash(tx: Db, personId: string, passwordHash: string): Promise<void> {
  await tx.sql('person').where({ id: personId }).update({ passwordHash });
}

/** Seals and opens this person's columns. */
export const sealFor = (db: Db, { id, dataKey }: { id: string; dataKey: string }) =>
  db.secrets.personal(id, dataKey);
