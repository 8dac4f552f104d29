/** A record of every mail and SMS and each try to send it: opaque ids and codes only, no content, address or number. */
import { uuidv7 } from 'uuidv7';
import type { Db } from './connect.ts';
import type { SendTryRow } from './tables.ts';

export type MailKind = Exclude<SendTryRow['kind'], 'code' | 'number-replaced'>;

/** `subjectId`: the id in the mail's Message-ID, or of the SMS. */
export type NewTry = { personId: string; subjectId: string } & (
  | { channel: 'mail'; kind: MailKind }
  | { channel: 'sms'; kind: 'code' | 'number-replaced' }
);

/**
 * The answer of the server or provider: `accepted`; `refused` for good; `failed` for now, so it is retried. `reason`:
 * its code, such as `550 5.1.1`, never its words, because they can contain the address.
 */
export type TryEnd = { outcome: NonNullable<SendTryRow['outcome']>; reason?: string };

/** How many of a person's newest tries are shown. */
const SHOWN = 100;

/**
 * Records that a try begins; returns its id for `endTry`. A try without an outcome is under way, or its worker died.
 */
export async function beginTry(db: Db, begun: NewTry): Promise<string> {
  const id = uuidv7();
  await db.sql('send_try').insert({ id, ...begun });
  return id;
}

/**
 * The same for a mail, in one statement. Undefined: the server accepted this mail before, and only a later part of the
 * activity failed.
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

/** Records the outcome of a try, the first time only. */
export async function endTry(db: Db, id: string, { outcome, reason }: TryEnd): Promise<void> {
  await db.sql('send_try').where({ id, outcome: null }).update({ outcome, reason, endedAt: db.sql.fn.now() });
}

/** A person's newest tries, newest first. */
export async function triesOf(db: Db, personId: string): Promise<SendTryRow[]> {
  return db.sql('send_try').where({ personId }).orderBy('id', 'desc').limit(SHOWN);
}
