/** What PostgreSQL, the driver and the pool say when the same can be tried again later: the request was not at fault. */

/** `busy`: over in seconds. `refusing`: it answers and takes no work until somebody mends it. */
export type DatabaseTrouble = { kind: 'away' | 'busy' | 'refusing'; cure: string };

const AWAY = 'the database does not answer: is PostgreSQL running, and is DATABASE_URL right?';
const BUSY = 'the database was busy with the same rows for too long';
const READ_ONLY =
  'the database is read-only: point DATABASE_URL to the primary, or turn off default_transaction_read_only';

/** SQLSTATE (PostgreSQL, appendix A), the most exact first; a class is the first two signs. */
const TROUBLES: Record<string, DatabaseTrouble> = {
  '25006': { kind: 'refusing', cure: READ_ONLY },
  '53100': { kind: 'refusing', cure: 'the disk of the database is full: free some space there' },
  '53300': {
    kind: 'refusing',
    cure: 'the database has no connection left: raise max_connections, or run fewer processes; each takes up to 10',
  },
  '53': { kind: 'refusing', cure: 'the database has run out of memory or another resource: check its log' },
  '58': { kind: 'refusing', cure: 'the database server cannot read or write its disk: check its log' },
  // A deadlock, a serialization failure; a lock or a statement that took too long.
  '40': { kind: 'busy', cure: BUSY },
  '55P03': { kind: 'busy', cure: BUSY },
  '57014': { kind: 'busy', cure: BUSY },
  // The server is being stopped, was killed, or is still starting; a pooler has no connection to it.
  '57': { kind: 'away', cure: AWAY },
  '08': { kind: 'away', cure: AWAY },
};

/** What Node says of a broken connection, and of a host that is not in the network: a container's name goes with it. */
const BROKEN = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'];
const NO_HOST = ['ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
const UNREACHED = [...BROKEN, ...NO_HOST];
/** What the driver and the pool say when there is no connection any more, without a code. */
const AWAY_WORDS =
  /Connection (terminated|ended)|connection error|Timeout acquiring a connection|pool is probably full/;

/** What is wrong with the database, when `error` comes of that; undefined: a fault of ours. */
export function databaseTrouble(error: unknown): DatabaseTrouble | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = '' } = error as { code?: string };
  if (UNREACHED.includes(code) || AWAY_WORDS.test(error.message)) return { kind: 'away', cure: AWAY };
  return /^[0-9A-Z]{5}$/.test(code) ? (TROUBLES[code] ?? TROUBLES[code.slice(0, 2)]) : undefined;
}
