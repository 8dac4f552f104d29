/** The outcome of each mail and SMS, limits on SMS, a deadline per person, and when reminders start to count. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- One row a try of a mail or SMS. No content, no address: opaque ids and the server's code.
    create table send_try (
      id uuid primary key,
      person_id uuid not null references person on delete cascade,
      channel text not null check (channel in ('mail', 'sms')),
      kind text not null,
      subject_id uuid not null,           -- the mail (its Message-ID has it), or the SMS code
      begun_at timestamptz not null default now(),
      ended_at timestamptz,
      outcome text check (outcome in ('accepted', 'refused', 'failed')), -- null: under way, or the worker died
      reason text,
      receipt text check (receipt in ('delivered', 'bounced')),          -- what was reported later
      receipt_at timestamptz
    );
    create index send_try_subject on send_try (subject_id, begun_at);
    create index send_try_person on send_try (person_id, begun_at);

    alter table invitation add column kind text not null default 'invitation';
    update invitation set kind = 'reminder' where send_key like '%:reminder:%';
    update invitation set kind = 'account-opened' where send_key like '%:opened';
    alter table message add column undeliverable_at timestamptz;

    alter table sms_code add column prefix_index text, add column country text;
    create index sms_code_prefix on sms_code (prefix_index, requested_at);
    create index sms_code_country on sms_code (country, requested_at);

    alter table onboarding
      add column ladder_from timestamptz not null default now(), -- reminders count from here
      add column rung integer not null default 0,                -- reminders sent since
      add column mail_delayed_at timestamptz,
      add column codes_refused_at timestamptz,
      add column codes_allowed_from timestamptz,
      add column extra_days double precision not null default 0;
    update onboarding set
      ladder_from = progressed_at,
      rung = (select count(*) from invitation
        where onboarding_id = onboarding.id and kind = 'reminder' and sent_at > progressed_at);
    -- What an operator gave stays given: counted from the standard 14 days.
    update onboarding set extra_days =
      greatest(0, extract(epoch from extended_until - greatest(progressed_at, wanted_at)) / 86400 - 14)
      where extended_until is not null;
    alter table onboarding drop column extended_until;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table onboarding add column extended_until timestamptz;
    update onboarding set extended_until = greatest(progressed_at, wanted_at) + (14 + extra_days) * interval '1 day'
      where extra_days > 0;
    alter table onboarding
      drop column ladder_from, drop column rung, drop column mail_delayed_at, drop column codes_refused_at,
      drop column codes_allowed_from, drop column extra_days;
    drop index sms_code_prefix, sms_code_country;
    alter table sms_code drop column prefix_index, drop column country;
    alter table message drop column undeliverable_at;
    alter table invitation drop column kind;
    drop table send_try;
  `);
}
