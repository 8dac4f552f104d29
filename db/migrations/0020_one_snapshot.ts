/**
 * Everything the workflow knows becomes a column of one row: which invitation is due, the outcome of the newest code,
 * and since when a person is at a step. Columns are renamed to the words of the code.
 */
import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table onboarding rename column wanted_at to requested_at;
    alter table onboarding rename column ladder_from to reminders_count_from;
    alter table onboarding rename column rung to last_reminder;
    alter table onboarding
      add column step_since timestamptz not null default now(),
      -- The version at which the invitation was asked for that has not been sent yet …
      add column invitation_due integer,
      -- … and whether it leaves however young the last one is.
      add column invitation_urgent boolean not null default false,
      add column invitation_sent_at timestamptz,
      -- The newest code to verify a number, and what became of it; no reference: a code may be deleted before.
      add column sms_code_id uuid,
      add column sms_outcome text check (sms_outcome in ('sent', 'failed')),
      -- The account opened after its person had gone: they get a mail.
      add column opened_mail_due boolean not null default false;

    update onboarding set
      step_since = coalesce(ended_at, greatest(created_at, terms_accepted_at, password_changed_at, sms_verified_at,
        sms_skipped_at, app_verified_at, app_skipped_at, profile_saved_at)),
      invitation_sent_at = (select max(sent_at) from invitation
        where onboarding_id = onboarding.id and kind = 'invitation');
    update onboarding set invitation_due = version
      where requested_at >= progressed_at and (invitation_sent_at is null or invitation_sent_at <= requested_at);
    update onboarding set sms_code_id = newest.id,
        sms_outcome = case when newest.failed_at is not null then 'failed' when newest.sent_at is not null then 'sent' end
      from (
        select distinct on (person_id) person_id, id, failed_at, sent_at from sms_code
        where purpose = 'enrol' order by person_id, requested_at desc
      ) as newest
      where newest.person_id = onboarding.person_id;

    drop index onboarding_unfinished;
    alter table onboarding drop column should_run;
    alter table onboarding add column should_run boolean not null generated always as (
      status = 'open' or opened_mail_due or (status <> 'completed' and coalesce(requested_at > ended_at, false))
    ) stored;
    create index onboarding_should_run on onboarding (id) where should_run;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index onboarding_should_run;
    alter table onboarding drop column should_run;
    alter table onboarding
      drop column step_since, drop column invitation_due, drop column invitation_urgent,
      drop column invitation_sent_at, drop column sms_code_id, drop column sms_outcome, drop column opened_mail_due;
    alter table onboarding rename column requested_at to wanted_at;
    alter table onboarding rename column reminders_count_from to ladder_from;
    alter table onboarding rename column last_reminder to rung;
    alter table onboarding add column should_run boolean not null generated always as (
      status = 'open' or (status <> 'completed' and coalesce(wanted_at > ended_at, false))
    ) stored;
    create index onboarding_unfinished on onboarding (id) where status <> 'completed';
  `);
}
