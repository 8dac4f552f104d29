/** A record of every mail and SMS with its tries: opaque ids and codes only, no content, no address, no number. */
import { uuidv7 } from 'uuidv7';
import type { Db } from './connect.ts';
import type { SendTryRow } from './tables.ts';

export type MailKind = Exclude<SendTryRow['kind'], 'code' | 'number-replaced'>;

/** `subjectId`: the mail, whose Message-ID has it, or the SMS. */
export type NewTry = { personId: string; subjectId: string } & (
  | { channel: 'mail'; kind: MailKind }
  | { channel: 'sms'; kind: 'code' | 'number-replaced' }
);

/**
 * What the server or provider said: `accepted`; `refused` for good; `failed` for now, so it is tried again. `reason`: its
 * code, such as `550 5.1.1`, and never its words, because they can hold the address.
 */
export type TryEnd = { outcome: NonNullable<SendTryRow['outcome']>; reason?: string };

/** The newest tries of one person that are shown. */
const SHOWN = 100;

/** Writes that a try begins; returns its id for `endTry`. A try without an outcome is under way, or its worker died. */
export async function beginTry(db: Db, begun: NewTry): Promise<string> {
  const id = uuidv7();
  await db.sql('send_try').insert({ id, ...begun });
  return id;
}

/**
 * The same for a mail, in one statement. Undefined: the mail server accepted this very mail before, and only what comes
 * after that failed.
 */
export async function beginMailTry(
  db: Db,
  { personId, kind, subjectId }: NewTry & { channel: 'mail' },
): Promise<string | undefined> {
  const { rows } = await db.sql.raw<{ id: string }>(
    `insert into send_try (id, person_id, channel, kind, subject_id) select ?, ?, 'mail', ?, ? where not exists
      (select from send_try where subject_id = ? and outcome = 'accepted') returning id`,
    [uuidv7(), personId, kind, subjectId, subjectId],
  );
  return rows[0]?.id;
}

/** Writes what became of a try, the first time only. */
export async function endTry(db: Db, id: string, { outcome, reason }: TryEnd): Promise<void> {
  await db.sql('send_try').where({ id, outcome: null }).update({ outcome, reason, endedAt: db.sql.fn.now() });
}

/** The newest tries of a person, the newest first. */
export async function triesOf(db: Db, personId: string): Promise<SendTryRow[]> {
  return db.sql('send_try').where({ personId }).orderBy('id', 'desc').limit(SHOWN);
}
