/** What an operator reads in the Temporal UI: everything in a whole story says what it is for. */
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Activities } from '../activities/activities.ts';
import { SIGNALS } from '../domain/signals.ts';
import {
  createInvitedPerson,
  detailsSay,
  expectStatusToMatchDatabase,
  readSmsCode,
} from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { OWN_PASSWORD } from '../test/kit/pages.ts';
import { Participant, someNumber } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import * as messages from './signals.ts';

/** The compiler notices a missing one here. Giving up a send happens only after minutes or days. */
const ACTIVITIES: Record<Exclude<keyof Activities, `giveUp${string}`>, true> = {
  acknowledge: true,
  activateAccount: true,
  allowMoreCodes: true,
  cancelOnboarding: true,
  expireOnboarding: true,
  extendDeadline: true,
  loadOnboarding: true,
  orderFactorReset: true,
  orderInvitation: true,
  planMessageNotice: true,
  readClosedSignIn: true,
  reopenSignIn: true,
  sendAccountOpened: true,
  sendFactorNotice: true,
  sendFactorReset: true,
  sendInvitation: true,
  sendMessageNotice: true,
  sendPasswordReset: true,
  sendReminder: true,
  sendSecurityNotice: true,
  sendSmsCode: true,
  sendVerificationCode: true,
};

let testEnv: TestEnvironment;
beforeAll(async () => {
  const env = {
    REMIND_AFTER: '3s',
    EXPIRE_AFTER: '8s',
    INVITE_EVERY: '100ms',
    REMIND_FROM_HOUR: '0',
    REMIND_UNTIL_HOUR: '24',
    TELL_WHEN_LATER_THAN: '1ms',
    MAIL_DELAYED_AFTER: '500ms',
    LIMIT_WRONG_FACTORS_PER_ACCOUNT: '1',
  };
  testEnv = await createTestEnvironment({ env });
});
afterAll(() => testEnv.close());

const becomes = (anna: Participant, status: string) =>
  eventually(async () => (await anna.row()).status === status || undefined);

/** The old number is notified. */
async function replaceNumber(anna: Participant): Promise<void> {
  await anna.open('/onboarding/sms');
  await anna.submit({ phone: someNumber(), password: OWN_PASSWORD, action: 'send' });
  await anna.doStep('smsCode');
  await anna.open('/onboarding/profile');
}

/** Everything that happens to people, operators and the mail server. */
async function wholeStory(): Promise<void> {
  const delayed = new Participant(testEnv, `anna.${Date.now()}@busy.example`);
  await delayed.invited();
  const anna = await createInvitedPerson(testEnv, 'profile', 'both');
  const ask = (signal: typeof messages.sendInvitation, more = {}) =>
    testEnv
      .workflow(anna.onboardingId)
      .signal(signal, { by: 'j.de.vries', reason: 'person-called', ...more });
  await ask(messages.extendDeadline, { days: 2 });
  // One after the other, because the details show only the last answer.
  await detailsSay(testEnv, anna.onboardingId, 'extendDeadline: 2 days');
  await ask(messages.sendInvitation);
  await detailsSay(testEnv, anna.onboardingId, 'sendInvitation: the invitation');
  await ask(messages.allowMoreCodes);
  await detailsSay(testEnv, anna.onboardingId, 'allowMoreCodes: the person');
  await ask(messages.acknowledge);
  await detailsSay(testEnv, anna.onboardingId, 'acknowledge: somebody is dealing with it');
  await ask(messages.askFactorReset);
  await detailsSay(testEnv, anna.onboardingId, 'askFactorReset: the person gets a mail');
  await replaceNumber(anna);
  await anna.doStep('profile');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await anna.invited();
  await anna.open('/forgot-password');
  await anna.submit({ email: anna.email });

  const bob = await createInvitedPerson(testEnv, 'finished', 'sms');
  await expectStatusToMatchDatabase(testEnv, bob.personId);
  await bob.longAfter();
  const there = bob.elsewhere();
  await there.open('/sign-in');
  await there.submit({ email: bob.email, password: OWN_PASSWORD });
  const code = await readSmsCode(there, 'sign-in');
  await there.submit({ code: code === '000000' ? '000001' : '000000', action: 'confirm' });
  const closed = testEnv.engine.workflow.getHandle(messages.closedSignInWorkflowId(bob.personId));
  await eventually(() =>
    closed.signal(messages.reopenSignIn, { by: 'j.de.vries', reason: 'person-called' }).then(
      () => true,
      () => undefined,
    ),
  );

  const stopped = await createInvitedPerson(testEnv, 'terms');
  await testEnv
    .workflow(stopped.onboardingId)
    .signal(messages.cancelOnboarding, { by: 'j.de.vries', reason: 'person-called' });
  await becomes(stopped, 'cancelled');
  const silent = await createInvitedPerson(testEnv, 'terms');
  await silent.mail(2);
  await becomes(silent, 'expired');
  await delayed.mail();
}

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type Event = NonNullable<History['events']>[number];
type Described = { name: string; description?: string };
type Metadata = { definition: { signalDefinitions: Described[]; queryDefinitions: Described[] } };

const whatOf = ({
  activityTaskScheduledEventAttributes: activity,
  timerStartedEventAttributes: timer,
}: Event) => activity?.activityType?.name ?? (timer && 'timer');

/** The activities and timers of every run, each with its summary. */
async function scheduled(): Promise<{ what: string; summary: string | undefined }[]> {
  const found = [];
  const { payloadConverter } = testEnv.engine.options.loadedDataConverter;
  const query = messages.runsOf(testEnv.config.TEMPORAL_TASK_QUEUE);
  for await (const { workflowId, runId } of testEnv.engine.workflow.list({ query })) {
    const { events } = await testEnv.engine.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const event of events ?? []) {
      const what = whatOf(event);
      const summary = event.userMetadata?.summary;
      if (what)
        found.push({ what, summary: summary ? payloadConverter.fromPayload<string>(summary) : undefined });
    }
  }
  return found;
}

it('every activity and every timer of a whole story has a summary', async () => {
  await wholeStory();
  const all = await eventually(async () => {
    const now = await scheduled();
    const kinds = new Set(now.map(({ what }) => what));
    return Object.keys(ACTIVITIES).every((name) => kinds.has(name)) ? now : undefined;
  });
  expect(all.some(({ what }) => what === 'timer')).toBe(true);
  expect(all.filter(({ summary }) => !summary)).toEqual([]);
});

it('every signal and query of an onboarding is described, those for operators as such', async () => {
  const anna = await createInvitedPerson(testEnv, 'terms');
  const { definition } = await testEnv
    .workflow(anna.onboardingId)
    .query<Metadata>('__temporal_workflow_metadata');
  const { signalDefinitions, queryDefinitions } = definition;
  const all = [...signalDefinitions, ...queryDefinitions];
  expect(all.filter(({ description }) => !description)).toEqual([]);
  const names = signalDefinitions.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(Object.keys(SIGNALS)));
  const forOperators = signalDefinitions.filter(({ name }) => !(name in SIGNALS));
  expect(forOperators.length).toBeGreaterThan(4);
  for (const { description } of forOperators) expect(description).toMatch(/^OPERATOR: /);
});
