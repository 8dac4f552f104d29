/** A repeated mail announces the same message, whatever was sent meanwhile. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table invitation add column says_message uuid');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table invitation drop column says_message');
}
