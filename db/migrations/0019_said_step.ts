/** What a mail says must be the same each time it is tried: at which step somebody stands is decided by the first try. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table invitation add column says_step text');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table invitation drop column says_step');
}
