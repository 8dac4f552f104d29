/** The connection to PostgreSQL. Column names are snake_case there and camelCase here: mapped once, in this file. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import type { Source } from './audit.ts';
import { grantRights } from './rights.ts';
import { createSecrets, type SecretKey, type Secrets } from './secrets.ts';
import type { Sql } from './sql.ts';

/** Longest wait for a free connection and for a lost database, in milliseconds. Then the page says "try again". */
const ACQUIRE_TIMEOUT_MS = 5_000;
/** No statement of ours takes longer, in milliseconds. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** Longest wait for a lock, in milliseconds, where nobody waits at a page. */
const LOCK_TIMEOUT_MS = 8_000;

export type Db = {
  sql: Sql;
  secrets: Secrets;
  lockTimeoutMs: number;
  /** Stands in the audit with whatever is written. */
  source?: Source;
  /** A row was put into the outbox. Within a transaction this is told on after the commit, and never after a rollback. */
  outboxWritten: () => void;
};

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

/** What the pool needs of the driver's connection. */
type RawConnection = { query(text: string, done: (error: Error | null) => void): void };

/** Said on the new connection and not at its beginning: PgBouncer refuses startup parameters that it does not know. */
function endLongStatements(connection: RawConnection, done: (error: Error | null, _: RawConnection) => void) {
  connection.query(`set statement_timeout = ${STATEMENT_TIMEOUT_MS}`, (error) => done(error, connection));
}

/**
 * The tables of `url`, with the keys that open their sealed columns. `pool`: connections at most. `lockTimeoutMs`: how
 * long a transaction waits for a lock before it gives up. `onOutboxWritten`: rows of the outbox were committed, so they
 * can be delivered at once; without it they wait for the relay of a worker.
 */
export function connect({
  url,
  secretKeys,
  pool = 10,
  lockTimeoutMs = LOCK_TIMEOUT_MS,
  onOutboxWritten = () => undefined,
}: {
  url: string;
  secretKeys: SecretKey[];
  pool?: number;
  lockTimeoutMs?: number;
  onOutboxWritten?: () => void;
}): Db {
  const sql = knex({
    client: 'pg',
    connection: { connectionString: url, keepAlive: true },
    pool: { min: 0, max: pool, acquireTimeoutMillis: ACQUIRE_TIMEOUT_MS, afterCreate: endLongStatements },
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
  // The same object, known by the names of our tables instead of any text.
  return {
    sql: sql as unknown as Sql,
    secrets: createSecrets(secretKeys),
    lockTimeoutMs,
    outboxWritten: onOutboxWritten,
  };
}

export const disconnect = (db: Db): Promise<void> => db.sql.destroy();

/**
 * Everything in `work` is done, or nothing. What it puts into the outbox is delivered right after the commit. The wait
 * for locks has its end here and not on the connection, which a pooler may give to another process after each transaction.
 */
export async function transaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  let outboxWritten = false;
  const noteRow = () => {
    outboxWritten = true;
  };
  const result = await db.sql.transaction(async (sql) => {
    await sql.raw(`set local lock_timeout = ${db.lockTimeoutMs}`);
    return work({ ...db, sql, outboxWritten: noteRow });
  });
  if (outboxWritten) db.outboxWritten();
  return result;
}

/** The name of "somebody brings the tables up to date" among the advisory locks of this database; any number will do. */
export const MIGRATING = 7_208_001;
/** Another process may take so long to bring the tables up to date, in milliseconds. */
const OTHERS_MIGRATE_WITHIN_MS = 60_000;
const ASK_AGAIN_AFTER_MS = 100;

/** Somebody else has been bringing the tables up to date for too long. */
export class MigrationLocked extends Error {
  override name = 'MigrationLocked';
}

/**
 * Brings the tables up to date, and the rights of the roles that use them. Safe to run from several processes at once, on
 * an empty database, too.
 */
export function migrate(db: Db): Promise<string[]> {
  return withoutOthers(db.sql, async () => {
    // knex makes its own lock without one: two processes would both make its table. Left locked, its owner was killed.
    await db.sql.migrate.forceFreeMigrationsLock();
    const [, applied]: [number, string[]] = await db.sql.migrate.latest();
    // Each time: a role may have been made since, and a new table has no rights yet.
    await grantRights(db);
    return applied;
  });
}

/** One process at a time. PostgreSQL gives the lock back when the connection ends, however it ends. */
async function withoutOthers<T>(sql: Sql, work: () => Promise<T>): Promise<T> {
  const connection = await sql.client.acquireConnection();
  const ask = (what: string) =>
    sql.raw<{ done: boolean }>(`select ${what}(${MIGRATING}) as done`).connection(connection);
  const patienceEnds = performance.now() + OTHERS_MIGRATE_WITHIN_MS;
  try {
    while (!(await ask('pg_try_advisory_lock')).rows[0]!.done) {
      if (performance.now() > patienceEnds) throw new MigrationLocked();
      await sleep(ASK_AGAIN_AFTER_MS);
    }
    return await work().finally(() => ask('pg_advisory_unlock'));
  } finally {
    await sql.client.releaseConnection(connection);
  }
}
