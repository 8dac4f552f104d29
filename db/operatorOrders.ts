/** Operators' orders from the Temporal UI. Each is carried out once, however often Temporal delivers it. */
import type { OrderDetails } from '../domain/orders.ts';
import type { ReadSnapshot } from '../domain/snapshot.ts';
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { cancelOnboarding } from './endings.ts';
import {
  findAndLockOnboarding,
  isOpen,
  lockOnboarding,
  momentOf,
  type Onboarding,
  readSnapshotOf,
  writeOnboarding,
} from './onboardings.ts';

/** `order` identifies an order: after a worker crash or a reset of the run, the same order arrives again. */
export type Order = { onboardingId: string; order: string } & OrderDetails;

/** `not-open`: the onboarding has ended, and the snapshot says how. `no-factor`: there is no factor to reset. */
export type OrderAnswer = { outcome: 'done' | 'not-open' | 'no-factor'; snapshot: ReadSnapshot };

type Details = Record<string, string | number>;

const ORDER_REFUSED = 'order.refused';

/** The details that the audit stores. */
const detailsOf = ({ order, by, reason, ticket, days }: Order): Details & { order: string } => ({
  order,
  by,
  reason,
  ...(ticket && { ticket }),
  ...(days && { days }),
});

/** Why an open onboarding cannot carry out the order; undefined when it can. */
type Refusal = (row: Onboarding) => Exclude<OrderAnswer['outcome'], 'done' | 'not-open'> | undefined;

async function isAudited(
  tx: Db,
  { personId }: Onboarding,
  { event, order }: { event: string; order: string },
): Promise<boolean> {
  const before = tx.sql('audit').where({ event, personId });
  return Boolean(await before.andWhereRaw(`details->>'order' = ?`, [order]).first('id'));
}

/** Audits a refused order once, however often Temporal delivers it. `event`: what was ordered. */
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

/** An order that writes these columns. Any order about a person counts as an answer to that person's call for help. */
const writing =
  <Ordered extends Order>(
    event: string,
    columnsOf: (row: Onboarding, given: Ordered) => Parameters<typeof writeOnboarding>[2] = () => ({}),
    refusal?: Refusal,
  ) =>
  (db: Db, given: Ordered): Promise<OrderAnswer> => {
    const write = async (tx: Db, row: Onboarding, details: Details) => {
      await audit(tx, { event, personId: row.personId, details });
      return writeOnboarding(tx, row, { acknowledgedAt: momentOf(row), ...columnsOf(row, given) });
    };
    return carryOutOnce(db, given, event, write, refusal);
  };

/** The person's call was handled outside the product. */
export const acknowledge = writing('call.acknowledged');

/**
 * Sends the invitation at once, however recent the last one is, without moving the deadline. It also clears "this is
 * not me", which must have been a mistake.
 */
export const orderInvitation = writing('invitation.ordered', ({ invitationDue, version }) => ({
  invitationDue: invitationDue ?? version + 1,
  invitationUrgent: true,
  notMeAt: null,
}));

/** Mails the person a link to set up a new second factor; only the newest order counts. */
export const orderFactorReset = writing(
  'factor-reset.ordered',
  (_, { order }) => ({ factorResetDue: order }),
  ({ smsVerifiedAt, appVerifiedAt }) => (smsVerifiedAt || appVerifiedAt ? undefined : 'no-factor'),
);

/** The mail was sent, or is no longer to be sent, so it is not due any more. Undefined: the person was erased. */
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
export const extendDeadline = writing(
  'deadline.extended',
  ({ extraDays }, { days }: Order & { days: number }) => ({
    extraDays: extraDays + days,
  }),
);

/** The person may ask for codes again, although the person's limit of a day was reached. */
export const allowMoreCodes = writing('codes.allowed', (row) => ({
  codesAllowedFrom: momentOf(row),
  codesRefusedAt: null,
}));

/** Stops an open onboarding; facts are kept. */
export const orderCancellation = (db: Db, order: Order): Promise<OrderAnswer> =>
  carryOutOnce(db, order, 'onboarding.cancelled', cancelOnboarding);
