/**
 * What was put into the outbox, and what was taken out of it while it still had to be told: triggers in the run's own
 * database write it down. The product knows nothing of them.
 */
import type { Db } from '../db/connect.ts';
import type { OutboxRow } from '../db/outbox.ts';

export type LoggedRow = Pick<OutboxRow, 'workflow' | 'subjectId' | 'signal' | 'payload'> & {
  takenAt: Date | null;
  /** When it was taken the onboarding was to run, so the engine was to be told. */
  needed: boolean;
};

export async function logOutbox({ sql }: Db): Promise<void> {
  await sql.raw(`
    create schema faults;
    create table faults.outbox_log (
      id bigint primary key,
      workflow text not null,
      subject_id uuid not null,
      signal text,
      payload jsonb not null,
      taken_at timestamptz,
      needed boolean not null default true
    );
    create function faults.note_put() returns trigger language plpgsql as $$
      begin
        insert into faults.outbox_log (id, workflow, subject_id, signal, payload)
          values (new.id, new.workflow, new.subject_id, new.signal, new.payload);
        return null;
      end $$;
    create function faults.note_taken() returns trigger language plpgsql as $$
      begin
        update faults.outbox_log set taken_at = clock_timestamp(),
          needed = old.workflow <> 'onboarding'
            or exists (select from onboarding where id = old.subject_id and should_run)
          where id = old.id;
        return null;
      end $$;
    create trigger note_put after insert on outbox for each row execute function faults.note_put();
    create trigger note_taken after delete on outbox for each row execute function faults.note_taken();
  `);
}

export const readOutboxLog = ({ sql }: Db): Promise<LoggedRow[]> =>
  sql('outbox_log').withSchema('faults').orderBy('id');
