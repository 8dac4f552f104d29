/** What the engine refused before goes last: an index in that order. */
import type { Knex } from 'knex';

const index = (order: string) =>
  `drop index outbox_order; create index outbox_order on outbox (${order}(signal is not distinct from 'reconciled'), id)`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(index('(tries > 0), '));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(index(''));
}
