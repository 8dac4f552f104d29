/** The ready-made filters on a real Temporal: each is valid, and finds the right people. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createInvitedPerson, expectStatusToMatchDatabase } from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { OWN_PASSWORD } from '../test/kit/pages.ts';
import { Participant, someNumber } from '../test/kit/participant.ts';
import { sendMessage } from '../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { filters } from './filters.ts';
import { closedSignInWorkflowId, messageNoticeWorkflowId } from './signals.ts';

const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

const ZONE = 'Europe/Amsterdam';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { LIMIT_WRONG_FACTORS_PER_ACCOUNT: '1' } });
});
afterAll(() => testEnv.close());

/** The onboardings of this test environment that the filter finds. */
async function finds(name: string, now = new Date()): Promise<string[]> {
  const { query } = filters(now, ZONE).find((filter) => filter.name === name)!;
  const ids: string[] = [];
  const here = `TaskQueue = '${testEnv.config.TEMPORAL_TASK_QUEUE}' AND ${query}`;
  for await (const { workflowId } of testEnv.engine.workflow.list({ query: here })) ids.push(workflowId);
  return ids.map((id) => id.replace('onboarding-', '')).sort();
}

it.each([
  ['2026-11-25T23:30:00Z', '2026-11-25T23:00:00.000Z'],
  ['2026-11-25T22:30:00Z', '2026-11-24T23:00:00.000Z'],
  ['2026-10-25T12:00:00Z', '2026-10-24T22:00:00.000Z'],
])('at %s today began at %s, whatever the clock of the process is', (now, midnight) => {
  const today = filters(new Date(now), ZONE).find(({ name }) => name === 'finished today')!;
  expect(today.query).toContain(`CloseTime > "${midnight}"`);
});

it('counts days of the length they have', () => {
  const now = new Date('2026-11-25T12:00:00Z');
  const queries = filters(now, ZONE, 20_000).map(({ query }) => query);
  expect(queries).toContainEqual(expect.stringContaining('OnboardingSince < "2026-11-25T11:59:00.000Z"'));
  expect(queries).toContainEqual(expect.stringContaining('OnboardingExpires < "2026-11-25T12:00:40.000Z"'));
});

it('finds whom it says, and nobody else', async () => {
  const atTerms = await createInvitedPerson(testEnv, 'terms');
  const atSms = await createInvitedPerson(testEnv, 'sms');
  const helpless = await createInvitedPerson(testEnv, 'sms');
  await helpless.open('/onboarding/help');
  await helpless.submit({ reason: 'no-phone' });
  const finished = await createInvitedPerson(testEnv, 'finished');
  const refused = new Participant(testEnv, `anna.${Date.now()}@refused.example`);
  await refused.invited();
  const moved = await new Participant(testEnv, `anna.moved.${Date.now()}@refused.example`).to('finished');
  const closed = await createInvitedPerson(testEnv, 'finished');
  const thief = closed.elsewhere();
  await expectStatusToMatchDatabase(testEnv, closed.personId);
  await thief.open('/sign-in');
  await thief.submit({ email: closed.email, password: OWN_PASSWORD });
  await thief.submit({ token: '000000' });
  const unreached = await createInvitedPerson(testEnv, 'sms');
  await unreached.askCode(someNumber('0001'));
  const people = [unreached, closed, atTerms, atSms, helpless, finished, refused, moved];
  for (const { personId } of people) await expectStatusToMatchDatabase(testEnv, personId);
  const { answer: unread } = await sendMessage(testEnv, { email: moved.email });

  const guessed = { onboardingId: closedSignInWorkflowId(closed.personId) };

  const cases: [name: string, now: Date, those: { onboardingId: string }[]][] = [
    ['stuck', new Date(), [helpless, refused, guessed]],
    ['struggling', new Date(), [unreached]],
    ['sign-in closed', new Date(), [guessed]],
    ['waiting over 3 days', new Date(), []],
    ['waiting over 3 days', inDays(3.1), [atTerms, atSms, helpless, refused, unreached]],
    ['at SMS over a day', new Date(), []],
    ['at SMS over a day', inDays(1.1), [atSms, helpless, unreached]],
    ['mail undeliverable', new Date(), [refused]],
    ['notice undeliverable', new Date(), [{ onboardingId: messageNoticeWorkflowId(unread.id) }]],
    ['internal error', new Date(), []],
    ['expiring in 2 days', new Date(), []],
    ['expiring in 2 days', inDays(12.1), [atTerms, atSms, helpless, refused, unreached]],
    ['finished today', new Date(), [finished, moved, closed]],
    ['finished today', inDays(1), []],
  ];
  for (const [name, now, those] of cases) {
    const wanted = those.map(({ onboardingId }) => onboardingId).sort();
    await eventually(async () => (await finds(name, now)).join() === wanted.join() || undefined).catch(
      async () => expect(await finds(name, now), name).toEqual(wanted),
    );
  }
  expect(new Set(cases.map(([name]) => name))).toEqual(
    new Set(filters(new Date(), ZONE).map(({ name }) => name)),
  );
});
