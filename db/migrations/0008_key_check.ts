/**
 * The result of each key in SECRET_KEYS for a fixed text, so that a different key under its name is noticed at start.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('create table key_check (key_id text primary key, proof text not null)');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table key_check');
}
