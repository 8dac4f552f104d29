/** Whether the database takes changes: a standby, or one that was made read-only, answers and keeps nothing. */
import type { Db } from './connect.ts';

/** False when it only lets read. Throws what is wrong when it does not answer. */
export async function takesChanges({ sql }: Db): Promise<boolean> {
  const { rows } = await sql.raw<{ takesChanges: boolean }>(
    `select not pg_is_in_recovery() and not current_setting('transaction_read_only')::boolean as takes_changes`,
  );
  return rows[0]!.takesChanges;
}
