/** All workers together stay within the mail rate that the mail server allows. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Accepted } from '../db/messages.ts';
import type { RunningWorker } from '../processes/startWorker.ts';
import { eventually } from '../test/kit/eventually.ts';
import { atOnce, somebody } from '../test/kit/message.ts';
import { secondWorker } from '../test/kit/secondWorker.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';

const PER_SECOND = 8;
const MAILS = 48;
/** How long it takes at this rate, in milliseconds. */
const TAKES_MS = (MAILS / PER_SECOND) * 1_000;
/** One second’s worth may be sent at once, and Temporal's inaccuracy on a busy machine can double that. */
const AT_ONCE = 2 * PER_SECOND;

let testEnv: TestEnvironment;
let second: RunningWorker;
let people: Accepted[];
beforeAll(async () => {
  testEnv = await createTestEnvironment({
    worker: false,
    env: { LIMIT_MAILS_PER_SECOND: String(PER_SECOND) },
  });
  people = await atOnce(MAILS, () => somebody(testEnv));
  await testEnv.startWorker();
  second = await secondWorker(testEnv);
});
afterAll(async () => {
  await second.stop();
  await testEnv.close();
});

/** When Temporal handed this person's mail to a worker, in milliseconds: later times depend on the machine. */
async function letThrough({ onboarding }: Accepted): Promise<number> {
  const { events } = await testEnv.workflow(onboarding.id).fetchHistory();
  const sending = events?.find(
    ({ activityTaskScheduledEventAttributes: it }) => it?.activityType?.name === 'sendInvitation',
  );
  const begun = events?.find(({ activityTaskStartedEventAttributes: it }) =>
    it?.scheduledEventId?.eq(sending?.eventId ?? -1),
  );
  const { seconds, nanos } = begun?.eventTime ?? {};
  return Number(seconds) * 1_000 + (nanos ?? 0) / 1_000_000;
}

/** The largest excess over the rate between any two moments. */
function mostBeyondTheRate(moments: number[]): number {
  const beyond = moments.flatMap((from, i) =>
    moments.slice(i).map((to, more) => more + 1 - (PER_SECOND * (to - from)) / 1_000),
  );
  return Math.max(...beyond);
}

it(
  'two workers with many mails to send stay below the rate and one second’s worth at once',
  async () => {
    await eventually(async () => (await testEnv.mailbox.mails()).length === MAILS || undefined, 4 * TAKES_MS);
    const moments = await eventually(async () => {
      const all = await Promise.all(people.map(letThrough));
      return all.some(Number.isNaN) ? undefined : all.sort((a, b) => a - b);
    });
    expect(mostBeyondTheRate(moments)).toBeLessThanOrEqual(AT_ONCE);
  },
  5 * TAKES_MS,
);
