/**
 * A code belongs to the challenge of the session that asked for it. And what a limit counts: a code to the verified
 * number of whoever asked counts for that person alone, so strangers cannot use up a number; any other also for the
 * organisation whose invitation it is.
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
