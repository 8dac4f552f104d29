/** One mail announces several messages that arrive within a short time. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table message
      -- From when the mail about it may leave; null: it has none of its own, or needs none any more.
      add column notice_due_at timestamptz,
      -- The message whose mail tells of this one, too.
      add column told_with uuid references message on delete set null;
    create index message_told_with on message (told_with) where told_with is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index message_told_with;
    alter table message drop column told_with, drop column notice_due_at;
  `);
}
