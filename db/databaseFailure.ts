/** Database errors that pass: the same request can be tried again later. */

import { TABLES_CHANGED } from './preparedStatements.ts';

/** `busy`: passes within seconds. `refusing`: the database answers, but takes no work until somebody fixes it. */
export type DatabaseFailure = { kind: 'away' | 'busy' | 'refusing'; hint: string };

const AWAY = 'the database does not answer: is PostgreSQL running, and is DATABASE_URL right?';
const BUSY = 'the database was busy with the same rows for too long';
const READ_ONLY =
  'the database is read-only: point DATABASE_URL to the primary, or turn off default_transaction_read_only';

/** SQLSTATE (PostgreSQL, appendix A). A full code wins over its class, which is the first two characters. */
const FAILURES: Record<string, DatabaseFailure> = {
  '25006': { kind: 'refusing', hint: READ_ONLY },
  '53100': { kind: 'refusing', hint: 'the disk of the database is full: free some space there' },
  '53300': {
    kind: 'refusing',
    hint: 'the database has no connection left: raise max_connections, or run fewer processes; each takes up to 10',
  },
  '53': { kind: 'refusing', hint: 'the database has run out of memory or another resource: check its log' },
  '58': { kind: 'refusing', hint: 'the database server cannot read or write its disk: check its log' },
  [TABLES_CHANGED]: { kind: 'busy', hint: 'the tables were changed by a migration just now' },
  // Deadlocks, serialization failures, and locks or statements that took too long.
  '40': { kind: 'busy', hint: BUSY },
  '55P03': { kind: 'busy', hint: BUSY },
  '57014': { kind: 'busy', hint: BUSY },
  // The server is stopping, was killed, or is still starting; or a pooler cannot reach it.
  '57': { kind: 'away', hint: AWAY },
  '08': { kind: 'away', hint: AWAY },
};

/** Node's codes for a broken connection, and for a host that cannot be found (a stopped container loses its name). */
const BROKEN = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'];
const NO_HOST = ['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
const UNREACHED = [...BROKEN, ...NO_HOST];
/** What the driver and the pool say, without a code, when there is no connection. */
const AWAY_WORDS =
  /Connection (terminated|ended)|connection error|Timeout acquiring a connection|pool is probably full/;

/** The database failure behind `error`; undefined when the error is a bug of ours. */
export function databaseFailure(error: unknown): DatabaseFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '' } = error as { code?: string };
  if (UNREACHED.includes(code) || AWAY_WORDS.test(error.message)) return { kind: 'away', hint: AWAY };
  return /^[0-9A-Z]{5}$/.test(code) ? (FAILURES[code] ?? FAILURES[code.slice(0, 2)]) : undefined;
}
