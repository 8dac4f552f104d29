/**
 * Which clients pass temporary passwords on themselves, and to which client each one was given; null: mailed. Until
 * now the client of the newest message was assumed to be the one. Also stores the answers to keyed calls for another
 * invitation.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table passing_on (
      onboarding_id uuid not null references onboarding on delete cascade,
      client_id uuid not null references client on delete cascade,
      asked_at timestamptz not null default now(),
      primary key (onboarding_id, client_id)
    );
    create table invitation_answer (
      client_id uuid not null references client on delete cascade,
      key text not null,
      person_id uuid not null references person on delete cascade,
      request_mac text not null,
      answer json not null,               -- not jsonb: given again to the letter
      temporary_password_id uuid,
      primary key (client_id, key)
    );
    alter table temporary_password add column client_id uuid references client on delete cascade;
    create index temporary_password_onboarding on temporary_password (onboarding_id);
    insert into passing_on (onboarding_id, client_id)
      select id, client_id from onboarding where temporary_password_mode = 'sender';
    update temporary_password set client_id = onboarding.client_id from onboarding
      where onboarding.id = onboarding_id and temporary_password_mode = 'sender';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index temporary_password_onboarding;
    alter table temporary_password drop column client_id;
    drop table passing_on, invitation_answer;
  `);
}
