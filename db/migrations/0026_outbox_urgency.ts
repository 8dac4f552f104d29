/** An index that puts what a person waits for first, and lost runs last. */
import type { Knex } from 'knex';

const index = (order: string) =>
  `drop index outbox_order; create index outbox_order on outbox ((tries > 0), ${order}, id)`;

const BY_URGENCY = `(case when signal = 'reconciled' then 2 when signal = 'messageSent' or workflow = 'messageNotice' then 1 else 0 end)`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(index(BY_URGENCY));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(index(`(signal is not distinct from 'reconciled')`));
}
