/** Loading, activation, expiry and operators' orders: the only activities that change a person's status. */
import type { Db } from '../db/connect.ts';
import * as endings from '../db/endings.ts';
import { factsOf } from '../db/onboardings.ts';
import * as orders from '../db/operatorOrders.ts';
import type { ReadSnapshot } from '../domain/snapshot.ts';
import { steps } from '../domain/steps.ts';

export type { Order, OrderAnswer } from '../db/operatorOrders.ts';

type Id = { onboardingId: string };

export function createActivationActivities(given: {
  db: Db;
  expireAfter: number;
  /** When the account opens this long after the last step, the person has probably left and gets a mail. */
  tellWhenLaterThan: number;
}) {
  const { db, expireAfter, tellWhenLaterThan } = given;
  return {
    /**
     * The current snapshot. Reopens an onboarding that ended and was requested again since. Undefined: the person was
     * erased.
     */
    async loadOnboarding({ onboardingId }: Id): Promise<ReadSnapshot | undefined> {
      return endings.openOnboarding(db, onboardingId);
    },

    /** Checks every fact again under the row's lock, so that no stray signal can open an account. */
    async activateAccount({ onboardingId: id }: Id): Promise<ReadSnapshot> {
      const mayOpen = (row: Parameters<typeof factsOf>[0]) => steps(factsOf(row)).current === 'activate';
      return endings.completeOnboarding(db, { id, mayOpen, tellWhenLaterThan });
    },

    /** `expireAfter`: the current setting, in milliseconds; the run may have started with another one. */
    async expireOnboarding({
      onboardingId: id,
    }: Id): Promise<{ snapshot: ReadSnapshot; expireAfter: number }> {
      return { snapshot: await endings.expireOnboarding(db, { id, expireAfter }), expireAfter };
    },

    async acknowledge(order: orders.Order): Promise<orders.OrderAnswer> {
      return orders.acknowledge(db, order);
    },

    async orderInvitation(order: orders.Order): Promise<orders.OrderAnswer> {
      return orders.orderInvitation(db, order);
    },

    async orderFactorReset(order: orders.Order): Promise<orders.OrderAnswer> {
      return orders.orderFactorReset(db, order);
    },

    async extendDeadline(order: orders.Order & { days: number }): Promise<orders.OrderAnswer> {
      return orders.extendDeadline(db, order);
    },

    async allowMoreCodes(order: orders.Order): Promise<orders.OrderAnswer> {
      return orders.allowMoreCodes(db, order);
    },

    async cancelOnboarding(order: orders.Order): Promise<orders.OrderAnswer> {
      return orders.orderCancellation(db, order);
    },
  };
}
