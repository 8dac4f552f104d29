/** SMS to a number that was replaced: its owner may not be the one who replaced it. */
import { randomUUID } from 'node:crypto';
import type { Db } from './connect.ts';
import { putInOutbox } from './outbox.ts';
import { person, sealFor } from './people.ts';
import type { SecurityNoticeRow } from './tables.ts';

/** `phone` is in clear here and sealed in the row. */
export type SecurityNotice = SecurityNoticeRow;

/** How long a notice is tried, in milliseconds; after that it is no longer useful. */
export const NOTICE_TRIED_FOR_MS = 24 * 3600 * 1000;

const phonePlace = (row: string) => ({ table: 'security_notice', column: 'phone', row });

/** Notifies the owner of `phone` (E.164), which was the person's verified number until now. */
export async function tellOldNumber(
  tx: Db,
  { personId, phone, device }: Pick<SecurityNotice, 'personId' | 'phone' | 'device'>,
): Promise<void> {
  const id = randomUUID();
  const sealed = sealFor(tx, await person(tx, personId)).seal(phone, phonePlace(id));
  await tx.sql('security_notice').insert({ id, personId, phone: sealed, device });
  await putInOutbox(tx, { workflow: 'securityNotice', subjectId: id });
}

/** Undefined when the person was erased. */
export async function securityNotice(db: Db, id: string): Promise<SecurityNotice | undefined> {
  const row = await db.sql('security_notice').where({ id }).first();
  if (!row) return undefined;
  return { ...row, phone: sealFor(db, await person(db, row.personId)).open(row.phone, phonePlace(id)) };
}

export async function markNoticeSent(db: Db, id: string): Promise<void> {
  await db.sql('security_notice').where({ id, sentAt: null }).update({ sentAt: db.sql.fn.now() });
}

/** The number accepts no SMS, or none could be sent within the retry time. */
export async function markNoticeFailed(db: Db, id: string): Promise<void> {
  await db.sql('security_notice').where({ id, sentAt: null, failedAt: null }).update({
    failedAt: db.sql.fn.now(),
  });
}
