/** Whether a workflow should run: open, or requested again after it ended. One rule for every statement and file. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table onboarding add column should_run boolean not null generated always as (
      status = 'open' or (status <> 'completed' and coalesce(wanted_at > ended_at, false))
    ) stored
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table onboarding drop column should_run');
}
