/**
 * The connection to PostgreSQL. Columns are snake_case in the database and camelCase in code; this file does the
 * mapping.
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import knex from 'knex';
import type { Source } from './audit.ts';
import type { OutboxRow } from './outbox.ts';
import {
  type Connection,
  createStatementNames,
  keepStatements,
  type StatementNames,
} from './preparedStatements.ts';
import { grantRights } from './rights.ts';
import { createSecrets, type SecretKey, type Secrets } from './secrets.ts';
import type { Sql } from './sql.ts';

/** Longest wait for a free connection or a lost database, in milliseconds. After that the page says "try again". */
const ACQUIRE_TIMEOUT_MS = 5_000;
/** Upper limit for any of our statements, in milliseconds. */
const STATEMENT_TIMEOUT_MS = 10_000;
/** Longest wait for a lock in background work, in milliseconds. */
const LOCK_TIMEOUT_MS = 8_000;

export type Db = {
  sql: Sql;
  secrets: Secrets;
  lockTimeoutMs: number;
  server: Server;
  /** Written into every audit entry. */
  source?: Source;
  /**
   * Called with the outbox rows that were written, to send them to Temporal; without it a worker's poller sends them.
   * Inside a transaction it is called after the commit, and never after a rollback.
   */
  outboxWritten?: (rows: OutboxRow[]) => void;
};

const snake = remembered((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
const camel = remembered((name) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));

/** Remembers the result: a few hundred names recur in every statement and every row. */
function remembered(change: (name: string) => string): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const changed = known.get(name) ?? change(name);
    known.set(name, changed);
    return changed;
  };
}

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

/** `isPooled`: a pooler may hand the connection to another process after each transaction. */
type Server = { isPooled: boolean; statementNames: StatementNames };

/**
 * Set on the open connection, not as startup parameters: PgBouncer refuses those it does not know. A pooler is noticed
 * by its process id, which differs from that of the server process that answers.
 */
const prepareConnection =
  (server: Server, lockTimeoutMs: number) =>
  (connection: Connection, done: (error: Error | null, _: Connection) => void): void => {
    const settings = `set statement_timeout = ${STATEMENT_TIMEOUT_MS}; set lock_timeout = ${lockTimeoutMs}`;
    connection.query(`${settings}; select pg_backend_pid() as pid`, (error, results) => {
      if (error) return done(error, connection);
      server.isPooled = results.at(-1)!.rows[0]!.pid !== connection.processID;
      if (!server.isPooled) keepStatements(connection, server.statementNames);
      done(null, connection);
    });
  };

/**
 * Connects to `url`, with the keys for the sealed columns. `pool`: maximum number of connections. `lockTimeoutMs`: how
 * long a transaction waits for a lock. `onOutboxWritten`: called when outbox rows were committed, so they can be
 * dispatched at once; without it they wait for a worker's poller.
 */
export function connect({
  url,
  secretKeys,
  pool = 10,
  lockTimeoutMs = LOCK_TIMEOUT_MS,
  onOutboxWritten,
}: {
  url: string;
  secretKeys: SecretKey[];
  pool?: number;
  lockTimeoutMs?: number;
  onOutboxWritten?: (rows: OutboxRow[]) => void;
}): Db {
  const server: Server = { isPooled: false, statementNames: createStatementNames() };
  const sql = knex({
    client: 'pg',
    connection: { connectionString: url, keepAlive: true },
    pool: {
      min: 0,
      max: pool,
      acquireTimeoutMillis: ACQUIRE_TIMEOUT_MS,
      afterCreate: prepareConnection(server, lockTimeoutMs),
    },
    // Errors are thrown and logged by the caller, so knex need not log them too.
    log: { error: () => undefined, warn: () => undefined },
    wrapIdentifier: (value, wrap) => wrap(snake(value)),
    postProcessResponse: camelResult,
    migrations: {
      directory: path.join(import.meta.dirname, 'migrations'),
      loadExtensions: ['.ts'],
      tableName: 'schema_migration',
    },
  });
  // The same object, typed so that it accepts only the names of our tables.
  return {
    sql: sql as unknown as Sql,
    secrets: createSecrets(secretKeys),
    lockTimeoutMs,
    server,
    outboxWritten: onOutboxWritten,
  };
}

export const disconnect = (db: Db): Promise<void> => db.sql.destroy();

/**
 * Runs `work` in a transaction. What it puts into the outbox is dispatched right after the commit. Behind a pooler the
 * lock timeout is set per transaction, because each may use another connection.
 */
export async function transaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  const written: OutboxRow[] = [];
  const outboxWritten = db.outboxWritten && ((rows: OutboxRow[]) => void written.push(...rows));
  const result = await db.sql.transaction(async (sql) => {
    if (db.server.isPooled) await sql.raw(`set local lock_timeout = ${db.lockTimeoutMs}`);
    return work({ ...db, sql, outboxWritten });
  });
  if (written.length) db.outboxWritten?.(written);
  return result;
}

/** The advisory lock that is held while migrations run; any unused number would do. */
export const MIGRATING = 7_208_001;
/** How long to wait for another process that is migrating, in milliseconds. */
const OTHERS_MIGRATE_WITHIN_MS = 60_000;
const ASK_AGAIN_AFTER_MS = 100;

/** Another process has held the migration lock for too long. */
export class MigrationLocked extends Error {
  override name = 'MigrationLocked';
}

/**
 * Runs the migrations and grants the roles their rights. Safe to run from several processes at once, and on an empty
 * database.
 */
export function migrate(db: Db): Promise<string[]> {
  return withMigrationLock(db.sql, async () => {
    // knex creates its own lock table without a lock, so two processes would both create it. If that lock is held
    // now, its owner was killed, because we hold the advisory lock.
    await db.sql.migrate.forceFreeMigrationsLock();
    const [, applied]: [number, string[]] = await db.sql.migrate.latest();
    // Every time, because a role may have been created since, and new tables have no rights yet.
    await grantRights(db);
    return applied;
  });
}

/** Runs `work` in one process at a time. PostgreSQL releases the lock when the connection ends, however it ends. */
async function withMigrationLock<T>(sql: Sql, work: () => Promise<T>): Promise<T> {
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
