/**
 * Events for senders, address corrections, forgotten passwords, extended deadlines, and the terms a person agreed to.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- What a sender is told; opaque ids only.
    create table event (
      id uuid primary key,
      at timestamptz not null default now(),
      client_id uuid not null references client on delete cascade,
      person_id uuid not null,
      type text not null,
      data jsonb not null default '{}'
    );
    create index event_client on event (client_id, id);

    -- One row a mail that lets somebody choose a new password, or set up the second factor anew. The token is derived.
    create table reset_link (
      id uuid primary key,
      person_id uuid not null references person on delete cascade,
      client_id uuid not null references client,
      purpose text not null check (purpose in ('password', 'factor')),
      send_key text unique,
      key_id text not null,
      created_at timestamptz not null default now(),
      sent_at timestamptz,
      used_at timestamptz
    );
    create index reset_link_person on reset_link (person_id, created_at);

    alter table sms_code add column phone_index text, add column delivered_at timestamptz;
    create index sms_code_provider on sms_code (provider_id);
    create index sms_code_number on sms_code (phone_index, requested_at);
    alter table onboarding add column extended_until timestamptz;
    alter table session add column reset_id uuid references reset_link on delete cascade;
    create index terms_acceptance_person on terms_acceptance (person_id, version);
    create index message_client on message (client_id, person_id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index message_client, terms_acceptance_person;
    drop index sms_code_provider;
    alter table sms_code drop column phone_index, drop column delivered_at;
    alter table session drop column reset_id;
    alter table onboarding drop column extended_until;
    drop table reset_link, event;
  `);
}
