/**
 * Keeps what an address correction deleted (mails, codes and links of the holder of the old address), with triggers in
 * the run's own database, so that what was sent can be checked at the end. The product knows nothing of it.
 */
import type { Db } from '../../db/connect.ts';

const KEPT = ['invitation', 'sms_code', 'reset_link'] as const;

/** The schema `faults` must exist. */
export async function logVoided({ sql }: Db): Promise<void> {
  await sql.raw(`
    create function faults.keep() returns trigger language plpgsql as $$
      begin
        execute format('insert into faults.%I select ($1).*', tg_table_name) using old;
        return null;
      end $$;`);
  for (const table of KEPT)
    await sql.raw(`
      create table faults.${table} as table ${table} with no data;
      create trigger keep after delete on ${table} for each row execute function faults.keep();`);
}

export const readVoided = <Name extends (typeof KEPT)[number]>({ sql }: Db, table: Name) =>
  sql(table).withSchema('faults').select();
