/** One table for the answers to all keyed calls; an invitation has no message. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  // Earlier answers are not taken over: their keys count as new, and request an invitation that the last one covers.
  await knex.raw(`
    drop table invitation_answer;
    alter table idempotency_key alter column message_id drop not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    delete from idempotency_key where message_id is null;
    alter table idempotency_key alter column message_id set not null;
    create table invitation_answer (
      client_id uuid not null references client on delete cascade,
      key text not null,
      person_id uuid not null references person on delete cascade,
      request_mac text not null,
      answer json not null,
      temporary_password_id uuid,
      primary key (client_id, key)
    );
  `);
}
