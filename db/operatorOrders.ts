/** What operators ask for in the Temporal UI. Each order is carried out once, however often the engine tells of it. */
import type { OrderDetails } from '../domain/orders.ts';
import type { ReadSnapshot } from '../domain/snapshot.ts';
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { cancelOnboarding } from './endings.ts';
import {
  clockTimestamp,
  findAndLockOnboarding,
  isOpen,
  lockOnboarding,
  type Onboarding,
  readSnapshotOf,
  writeOnboarding,
} from './onboardings.ts';

/** `order` tells one order from another: after a crash of the worker or a reset of the run the same one comes again. */
export type Order = { onboardingId: string; order: string } & OrderDetails;

/** `not-open`: it has ended, and the snapshot says how. `no-factor`: there is none to set up again. */
export type OrderAnswer = { outcome: 'done' | 'not-open' | 'no-factor'; snapshot: ReadSnapshot };

type Details = Record<string, string | number>;

const ORDER_REFUSED = 'order.refused';

/** As it is audited. */
const detailsOf = ({ order, by, reason, ticket, days }: Order): Details & { order: string } => ({
  order,
  by,
  reason,
  ...(ticket && { ticket }),
  ...(days && { days }),
});

/** Why an open onboarding cannot have it. */
type Refusal = (row: Onboarding) => Exclude<OrderAnswer['outcome'], 'done' | 'not-open'> | undefined;

async function isAudited(
  tx: Db,
  { personId }: Onboarding,
  { event, order }: { event: string; order: string },
): Promise<boolean> {
  const before = tx.sql('audit').where({ event, personId });
  return Boolean(await before.andWhereRaw(`details->>'order' = ?`, [order]).first('id'));
}

/** Once, however often the engine tells of it. `event`: what was ordered. */
async function auditRefused(
  tx: Db,
  row: Onboarding,
  { event, order, ...refusal }: Details & { event: string; order: string },
): Promise<void> {
  if (await isAudited(tx, row, { event: ORDER_REFUSED, order })) return;
  const details = { ordered: event, order, ...refusal };
  await audit(tx, { event: ORDER_REFUSED, personId: row.personId, details });
}

async function carryOutOnce(
  db: Db,
  given: Order,
  event: string,
  write: (tx: Db, row: Onboarding, details: Details) => Promise<Onboarding>,
  refusal: Refusal = () => undefined,
): Promise<OrderAnswer> {
  return transaction(db, async (tx) => {
    const row = await lockOnboarding(tx, given.onboardingId);
    if (await isAudited(tx, row, { event, order: given.order }))
      return { outcome: 'done', snapshot: readSnapshotOf(row) };
    const refused = isOpen(row) ? refusal(row) : 'not-open';
    if (refused) {
      await auditRefused(tx, row, { event, refused, ...detailsOf(given) });
      return { outcome: refused, snapshot: readSnapshotOf(row) };
    }
    const written = await write(tx, row, detailsOf(given));
    return { outcome: 'done', snapshot: readSnapshotOf(written) };
  });
}

/** An order that writes these columns. Whatever an operator does about a person answers what the person called for. */
const writing =
  <Ordered extends Order>(
    event: string,
    columnsOf: (tx: Db, given: Ordered) => Parameters<typeof writeOnboarding>[2] = () => ({}),
    refusal?: Refusal,
  ) =>
  (db: Db, given: Ordered): Promise<OrderAnswer> => {
    const write = async (tx: Db, row: Onboarding, details: Details) => {
      await audit(tx, { event, personId: row.personId, details });
      return writeOnboarding(tx, row, { acknowledgedAt: clockTimestamp(tx), ...columnsOf(tx, given) });
    };
    return carryOutOnce(db, given, event, write, refusal);
  };

/** What the person called for was taken up in another way. */
export const acknowledge = writing('call.acknowledged');

/**
 * The invitation leaves at once, however young the last one is. It makes nobody's deadline later. "This is not me" was a
 * mistake, then.
 */
export const orderInvitation = writing('invitation.ordered', (tx) => ({
  invitationDue: tx.sql.raw('coalesce(invitation_due, version + 1)'),
  invitationUrgent: true,
  notMeAt: null,
}));

/** The person gets a mail with a link for a new second factor; the newest order counts. */
export const orderFactorReset = writing(
  'factor-reset.ordered',
  (_, { order }) => ({ factorResetDue: order }),
  ({ smsVerifiedAt, appVerifiedAt }) => (smsVerifiedAt || appVerifiedAt ? undefined : 'no-factor'),
);

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
export const extendDeadline = writing('deadline.extended', (tx, { days }: Order & { days: number }) => ({
  extraDays: tx.sql.raw('extra_days + ?', [days]),
}));

/** The person may ask for codes again, although the person's limit of a day was reached. */
export const allowMoreCodes = writing('codes.allowed', (tx) => ({
  codesAllowedFrom: tx.sql.fn.now(),
  codesRefusedAt: null,
}));

/** Stops an open onboarding; what is done is kept. */
export const orderCancellation = (db: Db, order: Order): Promise<OrderAnswer> =>
  carryOutOnce(db, order, 'onboarding.cancelled', cancelOnboarding);
