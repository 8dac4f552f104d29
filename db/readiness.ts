/** Whether the database accepts writes: a standby or a read-only database answers, but stores nothing. */
import type { Db } from './connect.ts';

/** False when the database is read-only. Throws when it does not answer. */
export async function takesChanges({ sql }: Db): Promise<boolean> {
  const { rows } = await sql.raw<{ takesChanges: boolean }>(
    `select not pg_is_in_recovery() and not current_setting('transaction_read_only')::boolean as takes_changes`,
  );
  return rows[0]!.takesChanges;
}
