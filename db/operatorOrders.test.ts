/** Orders that cannot be carried out are audited too, once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { extendDeadline } from './operatorOrders.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

it('refused twice, as after a crash of the worker: one entry, with what was ordered, by whom and why not', async () => {
  const { db } = testEnv;
  const anna = new Participant(testEnv);
  await anna.invited();
  await db
    .sql('onboarding')
    .where({ id: anna.onboardingId })
    .update({ status: 'expired', endedAt: db.sql.fn.now() });
  const order = { order: 'the first', by: 'j.de.vries', reason: 'on-leave', ticket: 'T-1', days: 7 } as const;
  for (let i = 0; i < 2; i++) {
    const { outcome } = await extendDeadline(db, { onboardingId: anna.onboardingId, ...order });
    expect(outcome).toBe('not-open');
  }
  const refused = await db.sql('audit').where({ personId: anna.personId, event: 'order.refused' });
  expect(refused.map(({ details }) => details)).toEqual([
    { ...order, ordered: 'deadline.extended', refused: 'not-open' },
  ]);
});
