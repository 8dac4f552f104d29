/**
 * Every problem that an operator can see: caused, found by its filter, fixed by a signal or a correction, and the
 * person finishes.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../domain/problems.ts';
import {
  ask,
  createInvitedPerson,
  detailsSay,
  expectStatusToMatchDatabase,
  readSmsCode,
  senderEvents,
} from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { linkIn } from '../test/kit/pages.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { WORDS } from '../test/kit/words.ts';
import { filters } from './filters.ts';
import {
  acknowledge,
  allowMoreCodes,
  messageNoticeWorkflowId,
  onboardingWorkflowId,
  sendInvitation,
} from './signals.ts';

/** From this try on a mail waits at least 16 seconds for the next one. */
const LONG_WAITS_FROM_TRY = 5;

async function lists(testEnv: TestEnvironment, query: string, id: string): Promise<void> {
  await eventually(async () => {
    for await (const { workflowId } of testEnv.engine.workflow.list({ query }))
      if (workflowId === id) return true;
    return undefined;
  });
}

/** Whether the filter of this name lists the workflow. */
async function filterLists(testEnv: TestEnvironment, filter: string, workflowId: string): Promise<void> {
  const { query } = filters(new Date(), testEnv.config.TIME_ZONE).find(({ name }) => name === filter)!;
  await lists(testEnv, query, workflowId);
}

/** The filter "stuck" and the one of this problem list the person, and the text says what to do. */
async function found(anna: Participant, problem: Problem, todo: string): Promise<void> {
  const id = onboardingWorkflowId(anna.onboardingId);
  await filterLists(anna.testEnv, problem === 'sms-undeliverable' ? 'struggling' : 'stuck', id);
  await lists(anna.testEnv, `OnboardingProblem = '${problem}' AND ExecutionStatus = 'Running'`, id);
  const details = await detailsSay(anna.testEnv, anna.onboardingId, `**Problem:** ${problem}.`);
  expect(details).toContain(todo);
}

/** Nobody is stuck any more. */
async function gone(anna: Participant): Promise<void> {
  await eventually(async () => (await anna.testEnv.status(anna.onboardingId)).problem === null || undefined);
}

/** The sender corrects the address; returns the person who gets the invitation there. */
async function corrected({ testEnv, sent, onboardingId, personId }: Participant): Promise<Participant> {
  const email = `anna.${Date.now()}@example.com`;
  const { status } = await ask(testEnv, `PATCH /recipients/${personId}`, { body: { email } });
  expect(status).toBe(200);
  const there = Object.assign(new Participant(testEnv, email), { sent, onboardingId });
  await there.mail();
  await gone(there);
  return there;
}

/** The problems that a run showed, in order, from its history. */
async function problemsShown({ engine }: TestEnvironment, workflowId: string): Promise<(string | null)[]> {
  const { events } = await engine.workflow.getHandle(workflowId).fetchHistory();
  const { payloadConverter } = engine.options.loadedDataConverter;
  const shown = (events ?? []).flatMap((event) => {
    const attributes = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields;
    const problem = attributes?.OnboardingProblem;
    return problem ? [payloadConverter.fromPayload<string | null>(problem)] : [];
  });
  return shown.filter((problem, i) => i === 0 || problem !== shown[i - 1]);
}

/** The problems that the senders were told about, in order. */
async function stuckWith({ testEnv, personId }: Participant): Promise<string[]> {
  const events = testEnv.db.sql('event').where({ personId, type: 'onboarding.stuck' });
  return (await events.orderBy('id')).map(({ data }) => data.problem!);
}

/** From the newest mail to the message. */
async function finishes(anna: Participant): Promise<void> {
  await anna.openLink();
  if (anna.path === '/onboarding/terms') await anna.doStep('terms');
  if (anna.path === '/onboarding/password') await anna.doStep('password');
  await anna.readKey();
  if (anna.path === '/onboarding/sms') await anna.skip();
  await anna.doStep('app');
  await anna.submit(await anna.rightFields('profile'));
  const { row, said } = await expectStatusToMatchDatabase(anna.testEnv, anna.personId);
  expect([row.status, said.problem]).toEqual(['completed', null]);
}

describe('a problem is seen, fixed and over', () => {
  let testEnv: TestEnvironment;
  beforeAll(async () => {
    const env = {
      INVITE_EVERY: '500ms',
      LIMIT_SMS_PER_DAY: '1',
      LIMIT_SMS_PER_NUMBER: '1',
      SMS_RESEND_AFTER: '1ms',
    };
    testEnv = await createTestEnvironment({ env });
  });
  afterAll(() => testEnv.close());

  it('mail-undeliverable: the sender corrects the address', async () => {
    const anna = new Participant(testEnv, `anna.${Date.now()}@refused.example`);
    await anna.invited();
    await found(anna, 'mail-undeliverable', 'Ask the sender for the right address');
    await finishes(await corrected(anna));
  });

  it('sms-undeliverable: the person uses the app', async () => {
    const anna = await createInvitedPerson(testEnv, 'sms');
    await anna.askCode('+31612340001');
    await found(anna, 'sms-undeliverable', 'The page offers the person another number');
    await anna.open('/onboarding/sms');
    await anna.skip();
    await gone(anna);
    await anna.doStep('app');
    await anna.submit(await anna.rightFields('profile'));
    await expectStatusToMatchDatabase(testEnv, anna.personId);
  });

  it('too-many-codes: an operator allows more', async () => {
    const anna = await createInvitedPerson(testEnv, 'sms');
    await anna.doStep('sms');
    await readSmsCode(anna);
    await anna.submit({ action: 'resend' });
    expect(anna.reads).toContain(WORDS.smsRequest.nl.tomorrow);
    await found(anna, 'too-many-codes', 'send the signal `allowMoreCodes`');
    expect(await senderEvents(testEnv, anna.personId)).toContain('onboarding.stuck');

    await testEnv
      .workflow(anna.onboardingId)
      .signal(allowMoreCodes, { by: 'j.de.vries', reason: 'person-called' });
    await gone(anna);
    await anna.open('/onboarding/sms/code');
    await anna.submit({ action: 'resend' });
    await readSmsCode(anna);
    await anna.doStep('smsCode');
    await anna.skip();
    await anna.submit(await anna.rightFields('profile'));
    await expectStatusToMatchDatabase(testEnv, anna.personId);
  });

  it('help-asked: an operator sends the invitation again', async () => {
    const anna = await createInvitedPerson(testEnv, 'password');
    await anna.open('/onboarding/help');
    await anna.submit({ reason: 'temporary-password' });
    await found(anna, 'help-asked', 'Contact the person through the sender');
    await testEnv
      .workflow(anna.onboardingId)
      .signal(sendInvitation, { by: 'j.de.vries', reason: 'person-called' });
    await anna.mail(2);
    await gone(anna);
    await finishes(anna);
  });

  it.each([
    ['help-asked', 'Contact the person through the sender'],
    ['not-me', 'Ask the sender whether the address is right'],
  ] as const)('%s: an operator acknowledges it; who calls again is stuck again', async (problem, todo) => {
    const anna = await createInvitedPerson(testEnv, 'terms');
    const call = async () => {
      if (problem === 'help-asked') {
        await anna.open('/onboarding/help');
        await anna.submit({ reason: 'no-phone' });
      } else {
        const link = linkIn(await anna.mail());
        await anna.open(`${link}/not-me`);
        await anna.submit({ sure: 'yes' }, `${link}/not-me`);
      }
    };
    await call();
    await found(anna, problem, todo);
    const order = { by: 'j.de.vries', reason: 'passed-on', ticket: 'INC-12' };
    await testEnv.workflow(anna.onboardingId).signal(acknowledge, order);
    await gone(anna);
    await detailsSay(
      testEnv,
      anna.onboardingId,
      'by j.de.vries (passed-on, INC-12), acknowledge: somebody is dealing with it',
    );
    await call();
    await found(anna, problem, todo);
    await finishes(anna);
  });

  it('not-me: it was a mistake, and an operator sends the invitation again', async () => {
    const anna = new Participant(testEnv);
    await anna.invited();
    const link = linkIn(await anna.mail());
    await anna.open(link);
    await anna.open(`${link}/not-me`);
    await anna.submit({ sure: 'yes' }, `${link}/not-me`);
    await found(anna, 'not-me', 'Ask the sender whether the address is right');
    await testEnv
      .workflow(anna.onboardingId)
      .signal(sendInvitation, { by: 'j.de.vries', reason: 'pressed-by-mistake' });
    await anna.mail(2);
    await gone(anna);
    expect((await testEnv.status(anna.onboardingId)).nextReminderAt).not.toBeNull();
    await finishes(anna);
  });
});

it.concurrent('mail-delayed: the mail server is away, is fixed, and an operator has it tried at once', async () => {
  const testEnv = await createTestEnvironment({
    env: { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_DELAYED_AFTER: '1s' },
  });
  const anna = new Participant(testEnv);
  await anna.invited();
  await found(anna, 'mail-delayed', 'Fix the mail server');
  await eventually(async () => {
    const { body } = await ask(testEnv, `GET /recipients/${anna.personId}`);
    return body.onboarding.problem === 'mail-delayed' || undefined;
  });
  expect(await senderEvents(testEnv, anna.personId)).toEqual(['onboarding.stuck']);
  await eventually(async () => {
    const { raw } = await testEnv.workflow(anna.onboardingId).describe();
    const mail = raw.pendingActivities?.find(({ lastFailure }) => lastFailure?.message?.includes('SMTP_URL'));
    // Otherwise it would be retried after a few seconds, so the operator comes first.
    return (mail && mail.attempt! >= LONG_WAITS_FROM_TRY) || undefined;
  });

  await testEnv.restart({ SMTP_URL: testEnv.mailbox.url, MAIL_DELAYED_AFTER: '15m' });
  await testEnv.workflow(anna.onboardingId).signal(sendInvitation, { by: 'j.de.vries', reason: 'fixed' });
  await anna.mail();
  await gone(anna);
  await finishes(anna);
  const mine = (await testEnv.mailbox.mails()).filter(({ recipients }) => recipients.includes(anna.email));
  expect(mine).toHaveLength(1);
  await testEnv.close();
});

it.concurrent('reminders-exhausted: an operator sends the invitation, and the reminders start again', async () => {
  const env = {
    REMIND_AFTER: '200ms,400ms,600ms',
    INVITE_EVERY: '100ms',
    REMIND_FROM_HOUR: '0',
    REMIND_UNTIL_HOUR: '24',
  };
  const testEnv = await createTestEnvironment({ env });
  const anna = new Participant(testEnv);
  await anna.invited();
  await found(anna, 'reminders-exhausted', 'send the signal `sendInvitation`');
  const { remindersSent } = await testEnv.status(anna.onboardingId);
  await testEnv
    .workflow(anna.onboardingId)
    .signal(sendInvitation, { by: 'j.de.vries', reason: 'person-called' });
  await eventually(
    async () => (await testEnv.status(anna.onboardingId)).remindersSent > remindersSent || undefined,
  );
  await finishes(anna);
  await testEnv.close();
});

it.concurrent('a reminder that is put off until the next one is due: that one leaves when mail works again', async () => {
  const env = {
    MAIL_DELAYED_AFTER: '1s',
    REMIND_AFTER: '3s,5s,1h',
    REMIND_FROM_HOUR: '0',
    REMIND_UNTIL_HOUR: '24',
  };
  const testEnv = await createTestEnvironment({ env });
  const anna = await createInvitedPerson(testEnv, 'terms');
  testEnv.mailbox.sayLater(true);
  await anna.doStep('terms');
  await found(anna, 'mail-delayed', 'Fix the mail server');
  const { progressedAt, remindersSent } = await anna.row();
  const reminders = testEnv.db
    .sql('invitation')
    .where({ onboardingId: anna.onboardingId, kind: 'reminder' })
    .where('createdAt', '>', progressedAt);
  await eventually(async () => (await reminders.clone()).length === 2 || undefined);
  testEnv.mailbox.sayLater(false);
  await eventually(
    async () => (await testEnv.status(anna.onboardingId)).remindersSent === remindersSent + 1 || undefined,
  );
  await gone(anna);
  expect(await stuckWith(anna)).toEqual(['mail-delayed']);
  expect((await anna.row()).remindersSent).toBe(remindersSent + 1);
  await finishes(anna);
  await testEnv.close();
});

describe('mail that was tried for as long as it was of use', () => {
  const env = { INVITE_EVERY: '500ms', MAIL_DELAYED_AFTER: '1s', MAIL_RETRY_FOR: '2s' };
  let testEnv: TestEnvironment;
  beforeAll(async () => {
    testEnv = await createTestEnvironment({ env });
  });
  afterAll(() => testEnv.close());

  it('the invitation: delayed, then undeliverable; each is told once; an operator sends it when mail works again', async () => {
    const anna = new Participant(testEnv);
    testEnv.mailbox.sayLater(true);
    await anna.invited();
    await found(anna, 'mail-undeliverable', 'If the address is right, send the signal `sendInvitation`');
    await filterLists(testEnv, 'mail undeliverable', onboardingWorkflowId(anna.onboardingId));
    expect(await stuckWith(anna)).toEqual(['mail-delayed', 'mail-undeliverable']);
    const { body } = await ask(testEnv, `GET /recipients/${anna.personId}`);
    expect(body.onboarding.problem).toBe('mail-undeliverable');

    testEnv.mailbox.sayLater(false);
    await testEnv.workflow(anna.onboardingId).signal(sendInvitation, { by: 'j.de.vries', reason: 'fixed' });
    await anna.mail();
    await gone(anna);
    await finishes(anna);
    expect(await problemsShown(testEnv, onboardingWorkflowId(anna.onboardingId))).toEqual([
      null,
      'mail-delayed',
      'mail-undeliverable',
      null,
    ]);
  });

  it('the invitation: the sender corrects the address', async () => {
    const anna = new Participant(testEnv);
    testEnv.mailbox.sayLater(true);
    await anna.invited();
    await found(anna, 'mail-undeliverable', 'once it is corrected through the API, nothing else is needed');
    testEnv.mailbox.sayLater(false);
    await finishes(await corrected(anna));
  });

  it('the notice of a message: its sender sees that it is undeliverable, and the person can read it', async () => {
    const anna = await createInvitedPerson(testEnv, 'finished');
    await expectStatusToMatchDatabase(testEnv, anna.personId);
    testEnv.mailbox.sayLater(true);
    const { id } = await anna.invited();
    const notice = messageNoticeWorkflowId(id);
    await filterLists(testEnv, 'notice undeliverable', notice);
    await testEnv.engine.workflow.getHandle(notice).result();
    testEnv.mailbox.sayLater(false);
    expect(await problemsShown(testEnv, notice)).toEqual(['mail-delayed', 'mail-undeliverable']);
    const seen = () => ask<{ status: string }>(testEnv, `GET /messages/${id}`);
    expect((await seen()).body.status).toBe('undeliverable');
    expect((await senderEvents(testEnv, anna.personId)).at(-1)).toBe('message.undeliverable');
    await filterLists(testEnv, 'notice undeliverable', notice);
    await anna.open('/onboarding/finished');
    await anna.open(`/messages/${id}`);
    expect(anna.reads).toContain('dit is vertrouwelijk');
    expect((await seen()).body.status).toBe('read');
  });
});
