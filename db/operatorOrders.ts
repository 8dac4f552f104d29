/** What operators ask for in the Temporal UI. Each order is carried out once, however often the engine tells of it. */
import type { ReadSnapshot } from '../domain/snapshot.ts';
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { cancelOnboarding } from './endings.ts';
import {
  findAndLockOnboarding,
  isOpen,
  lockOnboarding,
  type Onboarding,
  readSnapshotOf,
  writeOnboarding,
} from './onboardings.ts';

/** `order` tells one order from another: after a crash of the worker or a reset of the run the same one comes again. */
export type Order = { onboardingId: string; order: string; reason: string };

/** `not-open`: it has ended, and the snapshot says how. */
export type OrderAnswer = { outcome: 'done' | 'not-open'; snapshot: ReadSnapshot };

type Details = Record<string, string | number>;

async function carryOutOnce(
  db: Db,
  { onboardingId, order, reason }: Order,
  event: string,
  write: (tx: Db, row: Onboarding, details: Details) => Promise<Onboarding>,
): Promise<OrderAnswer> {
  return transaction(db, async (tx) => {
    const row = await lockOnboarding(tx, onboardingId);
    const before = tx.sql('audit').where({ event, personId: row.personId });
    if (await before.andWhereRaw(`details->>'order' = ?`, [order]).first('id'))
      return { outcome: 'done', snapshot: readSnapshotOf(row) };
    if (!isOpen(row)) return { outcome: 'not-open', snapshot: readSnapshotOf(row) };
    const written = await write(tx, row, { reason, order });
    return { outcome: 'done', snapshot: readSnapshotOf(written) };
  });
}

/** An order that writes these columns, and what is audited of it besides. */
const writing =
  (
    event: string,
    columnsOf: (tx: Db, order: string) => Parameters<typeof writeOnboarding>[2],
    more: Details = {},
  ) =>
  (db: Db, order: Order): Promise<OrderAnswer> =>
    carryOutOnce(db, order, event, async (tx, row, details) => {
      await audit(tx, { event, personId: row.personId, details: { ...more, ...details } });
      return writeOnboarding(tx, row, columnsOf(tx, order.order));
    });

/** The invitation leaves at once, however young the last one is. It makes nobody's deadline later. */
export const orderInvitation = writing('invitation.ordered', (tx) => ({
  invitationDue: tx.sql.raw('coalesce(invitation_due, version + 1)'),
  invitationUrgent: true,
}));

/** The person gets a mail with a link for a new second factor; the newest order counts. */
export const orderFactorReset = writing('factor-reset.ordered', (_, order) => ({ factorResetDue: order }));

/** That mail was sent, or nobody is to get it: it is due no longer. Undefined: the person was erased. */
export async function endFactorReset(
  db: Db,
  { onboardingId, order }: Pick<Order, 'onboardingId' | 'order'>,
): Promise<ReadSnapshot | undefined> {
  return transaction(db, async (tx) => {
    const row = await findAndLockOnboarding(tx, onboardingId);
    const isDue = row?.factorResetDue === order;
    const after = isDue ? await writeOnboarding(tx, row, { factorResetDue: null }) : row;
    return after && readSnapshotOf(after);
  });
}

/** An open onboarding lives `days` days longer, or shorter when less than 0. */
export const extendDeadline = (db: Db, { days, ...order }: Order & { days: number }): Promise<OrderAnswer> =>
  writing('deadline.extended', (tx) => ({ extraDays: tx.sql.raw('extra_days + ?', [days]) }), { days })(
    db,
    order,
  );

/** The person may ask for codes again, although the person's limit of a day was reached. */
export const allowMoreCodes = writing('codes.allowed', (tx) => ({
  codesAllowedFrom: tx.sql.fn.now(),
  codesRefusedAt: null,
}));

/** Stops an open onboarding; what is done is kept. */
export const orderCancellation = (db: Db, order: Order): Promise<OrderAnswer> =>
  carryOutOnce(db, order, 'onboarding.cancelled', cancelOnboarding);
