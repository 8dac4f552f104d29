/**
 * Wrong codes and tokens in a row, separately for sign-in and reset, and what was closed because of them (RULES 16).
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table wrong_factor (
      person_id uuid primary key references person on delete cascade,
      sign_in integer not null default 0,  -- tries in a row, each counted before it was compared
      reset integer not null default 0,
      sign_in_closed_at timestamptz,
      reset_closed_at timestamptz,
      notice_id uuid,                      -- the newest mail about it
      notice_of text check (notice_of in ('session-ended', 'sign-in-closed', 'reset-closed')),
      notice_device text check (notice_device in ('phone', 'computer')),
      notice_at timestamptz,
      notice_sent_at timestamptz
    );
    alter table session add column wrong_factors integer not null default 0;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table session drop column wrong_factors; drop table wrong_factor');
}
