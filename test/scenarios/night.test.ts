/** A reminder due at night, in a real run; the time rules are in domain/reminders.test.ts. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createInvitedPerson, detailsSay, expectStatusToMatchDatabase } from '../kit/engine.ts';
import { eventually } from '../kit/eventually.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';

const HOUR_MS = 3_600_000;
/** It is night now: morning starts in one to two hours, or early tomorrow. */
const hour = new Date().getUTCHours();
const morning = hour < 21 ? hour + 2 : 1;

let testEnv: TestEnvironment;
beforeAll(async () => {
  const env = {
    TIME_ZONE: 'UTC',
    REMIND_AFTER: '1s',
    REMIND_FROM_HOUR: String(morning),
    REMIND_UNTIL_HOUR: String(morning + 1),
  };
  testEnv = await createTestEnvironment({ env });
});
afterAll(() => testEnv.close());

it('34: a reminder falls in the night; the run waits for the morning with one timer', async () => {
  const anna = await createInvitedPerson(testEnv, 'terms');
  const { said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  const due = new Date(said.nextReminderAt!);
  expect([due.getUTCHours(), due.getUTCMinutes(), due.getUTCSeconds()]).toEqual([morning, 0, 0]);
  expect(due.getTime() - Date.now()).toBeLessThan(6 * HOUR_MS);

  const { events } = await testEnv.workflow(anna.onboardingId).fetchHistory();
  const timers = events!
    .map(({ timerStartedEventAttributes: timer }) => Number(timer?.startToFireTimeout?.seconds ?? 0) * 1_000)
    .filter((wait) => wait > HOUR_MS / 2);
  expect(timers).toHaveLength(1);
  expect(Date.now() + timers[0]!).toBeGreaterThan(due.getTime() - 10_000);
  expect(await testEnv.mailbox.mails()).toHaveLength(1);
});

it('34: a reminder became due by day while nothing ran, and it is night when all is back; it waits for the morning', async () => {
  const anna = await createInvitedPerson(testEnv, 'terms');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await testEnv.stopWorker();
  await testEnv.workflow(anna.onboardingId).terminate('an outage');
  const due = new Date();
  due.setUTCHours(morning, 30, 0, 0);
  while (due.getTime() > Date.now()) due.setUTCDate(due.getUTCDate() - 1);
  await testEnv.db
    .sql('onboarding')
    .where({ id: anna.onboardingId })
    .update({ remindersCountFrom: new Date(due.getTime() - 1_000) });
  await testEnv.startWorker();
  const { nextReminderAt } = await eventually(() => testEnv.status(anna.onboardingId).catch(() => undefined));
  const next = new Date(nextReminderAt!);
  expect([next.getUTCHours(), next.getUTCMinutes()]).toEqual([morning, 0]);
  await detailsSay(testEnv, anna.onboardingId, `a reminder at ${nextReminderAt!.slice(0, 10)}`);
  const mine = (await testEnv.mailbox.mails()).filter(({ recipients }) => recipients.includes(anna.email));
  expect(mine).toHaveLength(1);
});
