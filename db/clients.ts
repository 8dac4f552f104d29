/** Sending organisations and their API keys. */
import { uuidv7 } from 'uuidv7';
import { audit } from './audit.ts';
import type { Db } from './connect.ts';
import { hashToken, newToken } from './secrets.ts';
import type { ApiKeyRow, ClientRow } from './tables.ts';

export type Client = Pick<ClientRow, 'id' | 'name'>;

export async function addClient(db: Db, name: string): Promise<Client> {
  const [client] = await db.sql('client').insert({ id: uuidv7(), name }).returning(['id', 'name']);
  await audit(db, { event: 'client.added', clientId: client!.id });
  return client!;
}

export async function findClient(db: Db, name: string): Promise<Client | undefined> {
  return db.sql('client').where({ name }).first('id', 'name');
}

/** A new API key that works for `days` days. It is shown only now: only its hash is stored. */
export async function addKey(
  db: Db,
  { clientId, days }: { clientId: string; days: number },
): Promise<string> {
  const key = `instap_${newToken()}`;
  await db.sql('api_key').insert({
    id: uuidv7(),
    clientId,
    hash: hashToken(key),
    expiresAt: db.sql.raw(`now() + ? * interval '1 day'`, [days]),
  });
  await audit(db, { event: 'key.added', clientId, details: { days } });
  return key;
}

export type Key = Pick<ApiKeyRow, 'id' | 'createdAt' | 'expiresAt'>;

/** The client's keys that work now, oldest first. */
export async function keysOf(db: Db, clientId: string): Promise<Key[]> {
  return db
    .sql('api_key')
    .where({ clientId })
    .andWhere('expiresAt', '>', db.sql.fn.now())
    .orderBy('createdAt')
    .select('id', 'createdAt', 'expiresAt');
}

/** Revokes a key at once. False when no working key has this id. */
export async function revokeKey(db: Db, id: string): Promise<boolean> {
  const [ended] = await db
    .sql('api_key')
    .where({ id })
    .andWhere('expiresAt', '>', db.sql.fn.now())
    .update({ expiresAt: db.sql.fn.now() })
    .returning('clientId');
  if (ended) await audit(db, { event: 'key.ended', clientId: ended.clientId });
  return Boolean(ended);
}

/** Every sending organisation, by name. */
export async function clients(db: Db): Promise<Client[]> {
  return db.sql('client').orderBy('name').select('id', 'name');
}

/** The client that a working key belongs to. */
export async function clientOfKey(db: Db, key: string): Promise<Client | undefined> {
  return db
    .sql('api_key')
    .join('client', 'client.id', 'api_key.clientId')
    .where('api_key.hash', hashToken(key))
    .andWhere('api_key.expiresAt', '>', db.sql.fn.now())
    .first('client.id', 'client.name');
}

/** The client; throws when it does not exist. */
export async function client(db: Db, id: string): Promise<Client> {
  const row = await db.sql('client').where({ id }).first('id', 'name');
  if (!row) throw new Error('no such client');
  return row;
}
