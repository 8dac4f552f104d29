/**
 * The network an audit entry came from, as a hash: entries from one network match within a month, and become
 * untraceable once the month's key is deleted (RULES 21). The key never leaves the database, and its input is already
 * a hash under a key that the database never sees: neither a dump nor SECRET_KEYS alone reveals anything.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table audit add column network text;
    create table audit_network_key (
      -- 2026-11, by UTC
      month text primary key,
      key text not null
    );

    create function audit_network(of_network text, of_person uuid) returns text
      language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
    declare
      this_month constant text := to_char(now(), 'YYYY-MM');
      month_key text;
    begin
      -- Who was erased leaves none. Looked up for nobody as well, so that the time does not tell who has an account.
      perform 1 from public.person where id = coalesce(of_person, '00000000-0000-0000-0000-000000000000');
      if not found and of_person is not null then
        return null;
      end if;
      select key into month_key from public.audit_network_key where month = this_month;
      if month_key is null then
        insert into public.audit_network_key (month, key)
          values (this_month, gen_random_uuid()::text || gen_random_uuid()::text) on conflict do nothing;
        -- Another process may have been the first.
        select key into month_key from public.audit_network_key where month = this_month;
      end if;
      return encode(substring(sha256(convert_to(month_key || of_network, 'UTF8')) from 1 for 16), 'hex');
    end $$;
    revoke all on function audit_network(text, uuid) from public;

    create function forget_audit_networks() returns trigger
      language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
    begin
      update public.audit set network = null where person_id = old.id and network is not null;
      return null;
    end $$;
    revoke all on function forget_audit_networks() from public;
    create trigger forget_audit_networks after delete on person
      for each row execute function forget_audit_networks();

    create or replace function purge_audit(keep_months integer) returns bigint
      language plpgsql security definer set search_path = pg_catalog, pg_temp set timezone = 'UTC' as $$
    declare
      purged bigint;
    begin
      if keep_months is null or keep_months < 12 then
        raise exception 'the audit is kept for 12 months at least' using errcode = 'invalid_parameter_value';
      end if;
      delete from public.audit where at < date_trunc('month', now()) - make_interval(months => keep_months);
      get diagnostics purged = row_count;
      delete from public.audit_network_key where month < to_char(now(), 'YYYY-MM');
      -- Written by a request that was under way while its person was erased.
      update public.audit set network = null
        where at > now() - interval '1 day' and network is not null and person_id is not null
          and not exists (select 1 from public.person where person.id = audit.person_id);
      return purged;
    end $$;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    create or replace function purge_audit(keep_months integer) returns bigint
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
    drop trigger forget_audit_networks on person;
    drop function forget_audit_networks();
    drop function audit_network(text, uuid);
    drop table audit_network_key;
    alter table audit drop column network;
  `);
}
