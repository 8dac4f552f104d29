/**
 * The message and person an Idempotency-Key was used for, so that a repeated answer does not name something deleted.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    -- No references: the key outlives what it was for, else a late repetition would send the message anew.
    alter table idempotency_key add column message_id uuid, add column person_id uuid;
    update idempotency_key
      set message_id = (answer->>'id')::uuid, person_id = (answer->'recipient'->>'id')::uuid;
    alter table idempotency_key alter column message_id set not null, alter column person_id set not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table idempotency_key drop column message_id, drop column person_id');
}
