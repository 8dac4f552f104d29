/**
 * An operator's order for a factor reset mail becomes a column, so that it is carried out whatever happens to the run.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- The order whose mail has not been sent yet.
    alter table onboarding add column factor_reset_due text;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`alter table onboarding drop column factor_reset_due;`);
}
