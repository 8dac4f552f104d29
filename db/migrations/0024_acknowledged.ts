/** An operator has handled a person's call for help, which no longer waits for anybody. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- What was asked before this ("I can't do this", "this is not me") was taken up by an operator.
    alter table onboarding add column acknowledged_at timestamptz;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`alter table onboarding drop column acknowledged_at;`);
}
