/**
 * What happened, when, to whom, by whom and from where: facts in past tense, opaque ids only. Nobody changes or deletes an
 * entry; of an erased person the database takes the network out.
 */
import { uuidv7 } from 'uuidv7';
import type { Db } from './connect.ts';

/** By what this process writes: a request from a network address, or a command of an operator. */
export type Source = { address: string } | { command: string; operator: string };

export type AuditEntry = {
  event: string;
  personId?: string;
  clientId?: string;
  /** Nothing personal and nothing secret. */
  details?: Record<string, string | number | boolean>;
};

/** The same database; what is written to the audit by it came from `source`. */
export const withSource = (db: Db, source: Source): Db => ({ ...db, source });

/**
 * Writes one entry, in one statement. In the caller's transaction a fact and its trace are there together or not at all;
 * a refusal is written outside of the transaction that it rolls back.
 */
export async function audit(db: Db, { event, personId, clientId, details }: AuditEntry): Promise<void> {
  await db.sql('audit').insert({
    id: uuidv7(),
    event,
    personId,
    clientId,
    ...sourceColumns(db, personId, details),
  });
}

/** The network as its hash of this month, which the database makes (migration 0031). */
function sourceColumns({ source, sql, secrets }: Db, personId = null as string | null, details = {}) {
  if (!source) return { details: JSON.stringify(details) };
  if ('command' in source) return { details: JSON.stringify({ ...details, ...source }) };
  const network = sql.raw('audit_network(?, ?::uuid)', [secrets.auditNetwork(source.address), personId]);
  return { network, details: JSON.stringify(details) };
}

/**
 * Keeps this month and the `keepMonths` before it, by UTC; less than 12 the database refuses. The keys of network hashes of
 * months before this one go, whatever is kept. Returns how many entries went.
 */
export async function purgeAudit({ sql }: Db, keepMonths: number): Promise<number> {
  const { rows } = await sql.raw<{ purged: string }>('select purge_audit(?) as purged', [keepMonths]);
  return Number(rows[0]!.purged);
}
