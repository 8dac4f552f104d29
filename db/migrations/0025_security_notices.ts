/** Notices to a person's previous number when the protection of the account changed. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table security_notice (
      id uuid primary key,
      person_id uuid not null references person on delete cascade,
      phone text not null,                 -- sealed: the number that was replaced
      device text not null check (device in ('phone', 'computer')),
      at timestamptz not null default now(),
      sent_at timestamptz,
      failed_at timestamptz
    );
    create index security_notice_unsent on security_notice (id) where sent_at is null and failed_at is null;
    create index security_notice_person on security_notice (person_id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table security_notice');
}
