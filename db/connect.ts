/** The connection to PostgreSQL. Column names are snake_case there and camelCase here: mapped once, in this file. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import knex, { type Knex } from 'knex';
import { createSecrets, type SecretKey, type Secrets } from './secrets.ts';

/** Longest wait for a free connection and for a lost database, in milliseconds. Then the page says "try again". */
const ACQUIRE_TIMEOUT_MS = 5_000;
/** No statement of ours takes longer, in milliseconds. */
const STATEMENT_TIMEOUT_MS = 10_000;

export type Db = { sql: Knex; secrets: Secrets };

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function camelRow(row: unknown): unknown {
  if (row === null || typeof row !== 'object' || Object.getPrototypeOf(row) === Date.prototype) return row;
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [camel(name), value]));
}

function camelResult(result: unknown): unknown {
  if (Array.isArray(result)) return result.map(camelRow);
  if (result && typeof result === 'object' && 'rows' in result && Array.isArray(result.rows))
    return { ...result, rows: result.rows.map(camelRow) };
  return camelRow(result);
}

/** The tables of `url`, with the keys that open their sealed columns. `pool`: connections at most. */
export function connect({
  url,
  secretKeys,
  pool = 10,
}: {
  url: string;
  secretKeys: SecretKey[];
  pool?: number;
}): Db {
  const sql = knex({
    client: 'pg',
    connection: { connectionString: url, statement_timeout: STATEMENT_TIMEOUT_MS, keepAlive: true },
    pool: { min: 0, max: pool, acquireTimeoutMillis: ACQUIRE_TIMEOUT_MS },
    // What fails is thrown, and logged by whoever catches it.
    log: { error: () => undefined, warn: () => undefined },
    wrapIdentifier: (value, wrap) => wrap(snake(value)),
    postProcessResponse: camelResult,
    migrations: {
      directory: path.join(import.meta.dirname, 'migrations'),
      loadExtensions: ['.ts'],
      tableName: 'schema_migration',
    },
  });
  return { sql, secrets: createSecrets(secretKeys) };
}

/** SQLSTATE: the server is being stopped, was killed, or is still starting. */
const NOT_NOW = ['57P01', '57P02', '57P03'];
/** What Node says of a broken connection, and of a host that is not in the network: a container's name goes with it. */
const BROKEN = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'];
const NO_HOST = ['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
const AWAY = [...NOT_NOW, ...BROKEN, ...NO_HOST];
/** What the driver and the pool say when there is no connection any more, without a code. */
const AWAY_WORDS =
  /Connection (terminated|ended)|connection error|Timeout acquiring a connection|pool is probably full/;

/** The database does not answer; the same can be tried again in a moment. */
export const isDatabaseAway = (error: unknown): boolean =>
  error instanceof Error &&
  (AWAY.includes((error as { code?: string }).code ?? '') || AWAY_WORDS.test(error.message));

export const disconnect = (db: Db): Promise<void> => db.sql.destroy();

/** Everything in `work` is done, or nothing. */
export function transaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  return db.sql.transaction((sql) => work({ ...db, sql }));
}

/** The name of "somebody brings the tables up to date" among the advisory locks of this database; any number will do. */
const MIGRATING = 7_208_001;
/** Another process may take so long to bring the tables up to date, in milliseconds. */
const OTHERS_MIGRATE_WITHIN_MS = 60_000;
const ASK_AGAIN_AFTER_MS = 100;

/** Somebody else has been bringing the tables up to date for too long. */
export class MigrationLocked extends Error {
  override name = 'MigrationLocked';
}

/** Brings the tables up to date. Safe to run from several processes at once, on an empty database, too. */
export function migrate(db: Db): Promise<string[]> {
  return withoutOthers(db.sql, async () => {
    // knex makes its own lock without one: two processes would both make its table. Left locked, its owner was killed.
    await db.sql.migrate.forceFreeMigrationsLock();
    const [, applied]: [number, string[]] = await db.sql.migrate.latest();
    return applied;
  });
}

/** One process at a time. PostgreSQL gives the lock back when the connection ends, however it ends. */
async function withoutOthers<T>(sql: Knex, work: () => Promise<T>): Promise<T> {
  const connection = await sql.client.acquireConnection();
  const ask = (what: string) => sql.raw(`select ${what}(${MIGRATING}) as done`).connection(connection);
  const patienceEnds = performance.now() + OTHERS_MIGRATE_WITHIN_MS;
  try {
    while (!(await ask('pg_try_advisory_lock')).rows[0].done) {
      if (performance.now() > patienceEnds) throw new MigrationLocked();
      await sleep(ASK_AGAIN_AFTER_MS);
    }
    return await work().finally(() => ask('pg_advisory_unlock'));
  } finally {
    await sql.client.releaseConnection(connection);
  }
}
