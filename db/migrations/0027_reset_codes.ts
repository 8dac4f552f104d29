/** SMS codes for a new password get a purpose of their own, so that they do not sign anybody in. */
import type { Knex } from 'knex';

const purposes = (list: string) => `
  alter table sms_code drop constraint sms_code_purpose_check;
  alter table sms_code add constraint sms_code_purpose_check check (purpose in (${list}));
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(purposes(`'enrol', 'sign-in', 'reset'`));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`delete from sms_code where purpose = 'reset'; ${purposes(`'enrol', 'sign-in'`)}`);
}
