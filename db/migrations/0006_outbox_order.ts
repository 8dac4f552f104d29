/** An index that puts rows that Temporal refused before last. */
import type { Knex } from 'knex';

const index = (order: string) =>
  `drop index outbox_order; create index outbox_order on outbox (${order}(signal is not distinct from 'reconciled'), id)`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(index('(tries > 0), '));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(index(''));
}
