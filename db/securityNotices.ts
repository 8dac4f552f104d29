/** SMS to a number that was replaced: its owner may be somebody else than the one who replaced it. */
import { randomUUID } from 'node:crypto';
import type { Db } from './connect.ts';
import { putInOutbox } from './outbox.ts';
import { person, sealFor } from './people.ts';
import type { SecurityNoticeRow } from './tables.ts';

/** With the number as it is read; in the row it is sealed. */
export type SecurityNotice = SecurityNoticeRow;

/** It is tried for so long, in milliseconds; later it says nothing that helps. */
export const NOTICE_TRIED_FOR_MS = 24 * 3600 * 1000;

const phonePlace = (row: string) => ({ table: 'security_notice', column: 'phone', row });

/** Has the owner of `phone` (E.164) told, which the person had verified until now. */
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

/** The number takes no SMS, or none could be sent for as long as it was of use. */
export async function markNoticeFailed(db: Db, id: string): Promise<void> {
  await db.sql('security_notice').where({ id, sentAt: null, failedAt: null }).update({
    failedAt: db.sql.fn.now(),
  });
}
