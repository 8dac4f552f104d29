/** Requests for a new password that no worker has handled yet: only the address, whether or not it is known. */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table password_request (
      id uuid primary key,
      address text not null,              -- sealed under a key of the server, all of the same length
      created_at timestamptz not null default now()
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table password_request');
}
