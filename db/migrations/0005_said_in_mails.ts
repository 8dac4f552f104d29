/** A mail must say the same at each try, so the first try decides when its link expires. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table invitation add column says_until timestamptz');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table invitation drop column says_until');
}
