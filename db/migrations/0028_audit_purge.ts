/**
 * The processes that write the audit cannot change it (db/rights.ts); old entries are only deleted by this function,
 * which runs with its owner's rights. It always keeps this month and the twelve before it (RULES 21).
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function purge_audit(keep_months integer) returns bigint
      language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
    declare
      purged bigint;
    begin
      if keep_months is null or keep_months < 12 then
        raise exception 'the audit is kept for 12 months at least' using errcode = 'invalid_parameter_value';
      end if;
      delete from public.audit where at < date_trunc('month', now()) - make_interval(months => keep_months);
      get diagnostics purged = row_count;
      return purged;
    end $$;
    revoke all on function purge_audit(integer) from public;
    -- Rows come in the order of time: such an index is a few pages, and costs next to nothing to keep.
    create index audit_at on audit using brin (at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop index audit_at; drop function purge_audit(integer)');
}
