/**
 * A code belongs to the challenge of the session that requested it. Also records what a code counts towards: one to
 * the requester's own verified number only counts for that person, so strangers cannot use a number up; any other also
 * counts for the inviting organisation.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table session add column challenge uuid not null default gen_random_uuid();
    alter table sms_code add column challenge uuid, add column to_own_number boolean not null default false,
      add column client_id uuid references client on delete set null;
    update sms_code set challenge = id, to_own_number = (purpose = 'sign-in');
    alter table sms_code alter column challenge set not null;
    drop index sms_code_person;
    create index sms_code_person on sms_code (person_id, purpose, challenge, requested_at desc);
    create index sms_code_client on sms_code (client_id, requested_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table session drop column challenge;
    drop index sms_code_client, sms_code_person;
    alter table sms_code drop column challenge, drop column to_own_number, drop column client_id;
    create index sms_code_person on sms_code (person_id, purpose, requested_at desc);
  `);
}
