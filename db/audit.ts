/** What happened, when, to whom: facts in past tense, opaque ids only. Nobody changes or deletes an entry. */
import { uuidv7 } from 'uuidv7';
import type { Db } from './connect.ts';

export type AuditEntry = {
  event: string;
  personId?: string;
  clientId?: string;
  /** Nothing personal and nothing secret. */
  details?: Record<string, string | number | boolean>;
};

/** Writes one entry in the caller's transaction, so a fact and its trace are there together or not at all. */
export async function audit(tx: Db, { event, personId, clientId, details = {} }: AuditEntry): Promise<void> {
  await tx.sql('audit').insert({ id: uuidv7(), event, personId, clientId, details: JSON.stringify(details) });
}

/** Keeps this month and the `keepMonths` before it, by UTC; less than 12 the database refuses. Returns how many entries went. */
export async function purgeAudit({ sql }: Db, keepMonths: number): Promise<number> {
  const { rows } = await sql.raw<{ purged: string }>('select purge_audit(?) as purged', [keepMonths]);
  return Number(rows[0]!.purged);
}
