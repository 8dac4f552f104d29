/** The first tables. Columns named `sealed…` or commented "sealed" hold AES-256-GCM texts made by db/secrets.ts. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table client (
      id uuid primary key,
      name text not null,
      created_at timestamptz not null default now()
    );

    create table api_key (
      id uuid primary key,
      client_id uuid not null references client on delete cascade,
      hash text not null unique,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null
    );

    create table person (
      id uuid primary key,
      email_index text not null unique,
      data_key text not null,             -- sealed under a master key
      email text not null,                -- sealed
      locale text not null,
      password_hash text,
      created_at timestamptz not null default now()
    );

    create table onboarding (
      id uuid primary key,
      person_id uuid not null unique references person on delete cascade,
      client_id uuid not null references client,
      status text not null default 'open' check (status in ('open', 'completed', 'expired', 'cancelled')),
      version integer not null default 0,
      offered_phone text,                 -- sealed; a number the sender knows
      temporary_password_mode text not null check (temporary_password_mode in ('mail', 'sender')),
      terms_accepted_at timestamptz,
      password_changed_at timestamptz,
      sms_verified_at timestamptz,
      sms_skipped_at timestamptz,
      app_verified_at timestamptz,
      app_skipped_at timestamptz,
      profile_saved_at timestamptz,
      help_asked_at timestamptz,
      help_reason text,
      not_me_at timestamptz,
      progressed_at timestamptz not null default now(),
      wanted_at timestamptz not null default now(),
      ended_at timestamptz,
      mail_refused_at timestamptz,
      invitations_sent integer not null default 0,
      reminders_sent integer not null default 0,
      created_at timestamptz not null default now()
    );

    create table terms_acceptance (
      id uuid primary key,
      person_id uuid not null references person on delete cascade,
      version text not null,
      hash text not null,
      locale text not null,
      accepted_at timestamptz not null default now()
    );

    -- One row a mail with a link. The token is derived from id and key_id, and never stored.
    create table invitation (
      id uuid primary key,
      onboarding_id uuid not null references onboarding on delete cascade,
      client_id uuid not null references client,
      send_key text not null,
      key_id text not null,
      created_at timestamptz not null default now(),
      sent_at timestamptz,
      unique (onboarding_id, send_key)
    );

    -- Derived from id and key_id, and never stored.
    create table temporary_password (
      id uuid primary key,
      onboarding_id uuid not null references onboarding on delete cascade,
      key_id text not null,
      created_at timestamptz not null default now()
    );

    create table sms_code (
      id uuid primary key,
      person_id uuid not null references person on delete cascade,
      purpose text not null check (purpose in ('enrol', 'sign-in')),
      key_id text not null,
      phone text not null,                -- sealed
      requested_at timestamptz not null default now(),
      sent_at timestamptz,
      provider_id text,
      failed_at timestamptz,
      failure text,
      tries integer not null default 0,
      used_at timestamptz
    );
    create index sms_code_person on sms_code (person_id, purpose, requested_at desc);

    create table sms_factor (
      person_id uuid primary key references person on delete cascade,
      phone text not null,                -- sealed
      verified_at timestamptz not null default now()
    );

    create table app_factor (
      person_id uuid primary key references person on delete cascade,
      secret text not null,               -- sealed
      created_at timestamptz not null default now(),
      verified_at timestamptz,
      last_step bigint not null default 0
    );

    create table profile (
      person_id uuid primary key references person on delete cascade,
      sealed text not null,
      saved_at timestamptz not null default now()
    );

    create table message (
      id uuid primary key,
      client_id uuid not null references client,
      person_id uuid not null references person on delete cascade,
      sealed text not null,
      created_at timestamptz not null default now(),
      released_at timestamptz,
      notified_at timestamptz,
      read_at timestamptz
    );
    create index message_person on message (person_id, created_at);

    create table idempotency_key (
      client_id uuid not null references client on delete cascade,
      key text not null,
      request_mac text not null,
      answer json not null,               -- not jsonb: given again to the letter
      temporary_password_id uuid,
      created_at timestamptz not null default now(),
      primary key (client_id, key)
    );

    create table outbox (
      id bigserial primary key,
      workflow text not null,
      subject_id uuid not null,
      signal text,
      payload jsonb not null,
      created_at timestamptz not null default now(),
      tries integer not null default 0,
      next_try_at timestamptz not null default now()
    );
    create index outbox_next on outbox (next_try_at, id);

    create table session (
      id uuid primary key,
      token_hash text not null unique,
      previous_hash text,
      previous_until timestamptz,
      person_id uuid not null references person on delete cascade,
      client_id uuid references client,
      link_at timestamptz,
      password_at timestamptz,
      factor_at timestamptz,
      created_at timestamptz not null default now(),
      seen_at timestamptz not null default now()
    );
    create index session_previous on session (previous_hash);

    -- Opaque ids only, so the trail outlives the person.
    create table audit (
      id uuid primary key,
      at timestamptz not null default now(),
      person_id uuid,
      client_id uuid,
      event text not null,
      details jsonb not null default '{}'
    );
    create index audit_person on audit (person_id, at);

    -- rate-limiter-flexible's table
    create table attempt (
      key varchar(255) primary key,
      points integer not null default 0,
      expire bigint
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table attempt, audit, session, outbox, idempotency_key, message, profile, app_factor, sms_factor, sms_code,
      temporary_password, invitation, terms_acceptance, onboarding, person, api_key, client;
  `);
}
