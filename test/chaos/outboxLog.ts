/**
 * Logs what was put into the outbox and taken out of it, with triggers in the run's own database. The product knows
 * nothing of them.
 */
import type { Db } from '../../db/connect.ts';
import type { OutboxRow } from '../../db/outbox.ts';
import type { SignalName } from '../../domain/signals.ts';
import type { Snapshot } from '../../domain/snapshot.ts';

export type LoggedRow = {
  workflow: OutboxRow['workflow'];
  subjectId: string;
  signal: SignalName | null;
  payload: Partial<Snapshot>;
  takenAt: Date | null;
  /** The onboarding should run the whole time, so Temporal had to be told. */
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
      needed boolean not null
    );
    create function faults.needed(workflow text, subject uuid) returns boolean language sql as
      $$ select workflow <> 'onboarding' or exists (select from onboarding where id = subject and should_run) $$;
    create function faults.note_put() returns trigger language plpgsql as $$
      begin
        insert into faults.outbox_log (id, workflow, subject_id, signal, payload, needed)
          values (new.id, new.workflow, new.subject_id, new.signal, new.payload,
            faults.needed(new.workflow, new.subject_id));
        return null;
      end $$;
    create function faults.note_ended() returns trigger language plpgsql as $$
      begin
        update faults.outbox_log set needed = false where subject_id = new.id and taken_at is null;
        return null;
      end $$;
    create function faults.note_taken() returns trigger language plpgsql as $$
      begin
        update faults.outbox_log set taken_at = clock_timestamp(),
          needed = needed and faults.needed(old.workflow, old.subject_id)
          where id = old.id;
        return null;
      end $$;
    create trigger note_put after insert on outbox for each row execute function faults.note_put();
    create trigger note_ended after update on onboarding for each row
      when (old.should_run and not new.should_run) execute function faults.note_ended();
    create trigger note_taken after delete on outbox for each row execute function faults.note_taken();
  `);
}

export async function readOutboxLog({ sql }: Db): Promise<LoggedRow[]> {
  return (await sql.raw<LoggedRow>('select * from faults.outbox_log order by id')).rows;
}
