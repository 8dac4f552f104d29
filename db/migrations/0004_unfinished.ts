/** Indexes to find lost runs beside millions of finished ones, and for an outbox with thousands of them. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create index onboarding_unfinished on onboarding (id) where status <> 'completed';
    create index message_unnoticed on message (id)
      where notified_at is null and read_at is null and undeliverable_at is null;
    create index sms_code_unsent on sms_code (requested_at) where sent_at is null and failed_at is null;
    create index outbox_order on outbox ((signal is not distinct from 'reconciled'), id);
    create index outbox_subject on outbox (subject_id);
    drop index outbox_next;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    create index outbox_next on outbox (next_try_at, id);
    drop index onboarding_unfinished, message_unnoticed, sms_code_unsent, outbox_order, outbox_subject;
  `);
}
