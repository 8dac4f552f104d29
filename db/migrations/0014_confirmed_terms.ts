/**
 * When the agreement to the terms was confirmed by a step that only the person can do, because a mail scanner may have
 * pressed the button.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table terms_acceptance add column confirmed_at timestamptz;
    -- Who chose a password did so after agreeing; who finished was signed in when agreeing to a later version.
    update terms_acceptance set confirmed_at = greatest(accepted_at, password_changed_at) from onboarding
      where onboarding.person_id = terms_acceptance.person_id and password_changed_at is not null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table terms_acceptance drop column confirmed_at');
}
