/**
 * What happened, when, to whom, by whom and from where: facts in the past tense, with opaque ids only. Entries are
 * never changed or deleted; when a person is erased, the database removes the network from that person's entries.
 */
import { uuidv7 } from 'uuidv7';
import type { Db } from './connect.ts';

/** Why this process writes: a request from a network address, or an operator's command. */
export type Source = { address: string } | { command: string; operator: string };

export type AuditEntry = {
  event: string;
  personId?: string;
  clientId?: string;
  /** Nothing personal and nothing secret. */
  details?: Record<string, string | number | boolean>;
};

/** The same database connection, whose audit entries name `source`. */
export const withSource = (db: Db, source: Source): Db => ({ ...db, source });

/**
 * Writes one entry, in one statement. Inside the caller's transaction, a fact and its audit entry are stored together
 * or not at all; a refusal is written outside the transaction that it rolls back.
 */
export async function audit(db: Db, entry: AuditEntry): Promise<void> {
  await auditEntry(db, entry);
}

/** The write itself, for a statement that writes more than that. */
export const auditEntry = (db: Db, { event, personId, clientId, details }: AuditEntry) =>
  db.sql('audit').insert({
    id: uuidv7(),
    event,
    personId,
    clientId,
    ...sourceColumns(db, personId, details),
  });

/** The network, hashed with this month's key by the database (migration 0031). */
function sourceColumns({ source, sql, secrets }: Db, personId = null as string | null, details = {}) {
  if (!source) return { details: JSON.stringify(details) };
  if ('command' in source) return { details: JSON.stringify({ ...details, ...source }) };
  const network = sql.raw('audit_network(?, ?::uuid)', [secrets.auditNetwork(source.address), personId]);
  return { network, details: JSON.stringify(details) };
}

/**
 * Keeps this month and the `keepMonths` months before it (UTC); the database refuses to keep fewer than 12. The
 * network hash keys of earlier months are always deleted. Returns the number of entries deleted.
 */
export async function purgeAudit({ sql }: Db, keepMonths: number): Promise<number> {
  const { rows } = await sql.raw<{ purged: string }>('select purge_audit(?) as purged', [keepMonths]);
  return Number(rows[0]!.purged);
}
