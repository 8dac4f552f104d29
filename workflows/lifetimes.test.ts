/** A run that is extended, shortened, cancelled, reset or lost: what it knows, shows and sends stays correct. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transaction } from '../db/connect.ts';
import { lockOnboarding, writeChange } from '../db/onboardings.ts';
import {
  ask,
  createInvitedPerson,
  detailsSay,
  expectStatusToMatchDatabase,
  filtered,
  senderEvents,
} from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { WORDS } from '../test/kit/words.ts';
import { extendDeadline, onboardingWorkflowId } from './signals.ts';

const AT_ANY_HOUR = { REMIND_FROM_HOUR: '0', REMIND_UNTIL_HOUR: '24' };
const DAY_MS = 24 * 60 * 60_000;

async function expiryShown(testEnv: TestEnvironment, onboardingId: string): Promise<number | undefined> {
  const { typedSearchAttributes } = await testEnv.workflow(onboardingId).describe();
  const shown = typedSearchAttributes.getAll().find(({ key }) => key.name === 'OnboardingExpires');
  return (shown?.value as Date | undefined)?.getTime();
}

async function resetToBeginning({ testEnv: { engine, workflow }, onboardingId }: Participant): Promise<void> {
  const { events } = await workflow(onboardingId).fetchHistory();
  const begun = events!.find((event) => event.workflowTaskCompletedEventAttributes)!;
  await engine.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: onboardingWorkflowId(onboardingId) },
    workflowTaskFinishEventId: begun.eventId,
    reason: 'by mistake',
    requestId: onboardingId,
  });
}

const mailsTo = async (anna: Participant) =>
  (await anna.testEnv.mailbox.mails()).filter(({ recipients }) => recipients.includes(anna.email));

describe('the deadline of one person', () => {
  let testEnv: TestEnvironment;
  beforeAll(async () => {
    testEnv = await createTestEnvironment();
  });
  afterAll(() => testEnv.close());

  it('is shown, moves with progress, and a week later when an operator says so', async () => {
    const anna = await createInvitedPerson(testEnv, 'terms');
    await expectStatusToMatchDatabase(testEnv, anna.personId);
    const first = await eventually(() => expiryShown(testEnv, anna.onboardingId));
    expect(Math.abs(first - Date.now() - 14 * DAY_MS)).toBeLessThan(60_000);
    await anna.doStep('terms');
    await eventually(async () => (await expiryShown(testEnv, anna.onboardingId))! > first || undefined);
    await testEnv
      .workflow(anna.onboardingId)
      .signal(extendDeadline, { days: 7, by: 'j.de.vries', reason: 'on-leave' });
    const later = await eventually(async () => {
      const at = (await expiryShown(testEnv, anna.onboardingId))!;
      return at > first + 6 * DAY_MS ? at : undefined;
    });
    expect(Math.abs(later - Date.now() - 21 * DAY_MS)).toBeLessThan(60_000);
  });

  it('comes sooner when an operator says so, to the very moment; all that was done is kept', async () => {
    const anna = await createInvitedPerson(testEnv, 'password');
    await testEnv
      .workflow(anna.onboardingId)
      .signal(extendDeadline, { days: -14, by: 'j.de.vries', reason: 'left' });
    await filtered(testEnv, anna.onboardingId, { OnboardingStep: 'expired' });
    const { row } = await expectStatusToMatchDatabase(testEnv, anna.personId);
    expect(row.status).toBe('expired');
    expect(row.termsAcceptedAt).not.toBeNull();
    expect(await expiryShown(testEnv, anna.onboardingId)).toBeUndefined();
    expect(await senderEvents(testEnv, anna.personId)).toContain('onboarding.expired');
  });

  it('was over because an operator said so; started again, the invitation lives as long as a new one', async () => {
    const anna = await createInvitedPerson(testEnv, 'password');
    await testEnv
      .workflow(anna.onboardingId)
      .signal(extendDeadline, { days: -14, by: 'j.de.vries', reason: 'left' });
    await eventually(async () => (await anna.row()).status === 'expired' || undefined);
    await ask(testEnv, `POST /recipients/${anna.personId}/invitation`);
    await anna.mail(2);
    const { row } = await expectStatusToMatchDatabase(testEnv, anna.personId);
    expect(row.status).toBe('open');
    const shown = await eventually(() => expiryShown(testEnv, anna.onboardingId));
    expect(Math.abs(shown - Date.now() - 14 * DAY_MS)).toBeLessThan(60_000);
    await anna.openLink();
    await anna.doStep('password');
  });

  it('is a week later, and not two, when the run is reset after an operator said so', async () => {
    const anna = await createInvitedPerson(testEnv, 'terms');
    await testEnv
      .workflow(anna.onboardingId)
      .signal(extendDeadline, { days: 7, by: 'j.de.vries', reason: 'on-leave' });
    await eventually(async () => (await anna.row()).extraDays === 7 || undefined);
    await resetToBeginning(anna);
    await detailsSay(testEnv, anna.onboardingId, '7 days later');
    expect((await anna.row()).extraDays).toBe(7);
    const shown = await eventually(() => expiryShown(testEnv, anna.onboardingId));
    expect(Math.abs(shown - Date.now() - 21 * DAY_MS)).toBeLessThan(60_000);
  });

  it('37: an operator presses "Request cancellation" in the UI; it is as if cancelled by signal, and the sender starts it again', async () => {
    const anna = await createInvitedPerson(testEnv, 'password');
    await expectStatusToMatchDatabase(testEnv, anna.personId);
    await testEnv.workflow(anna.onboardingId).cancel();
    await eventually(async () => (await anna.row()).status === 'cancelled' || undefined);
    await filtered(testEnv, anna.onboardingId, { OnboardingStep: 'cancelled' });
    expect(await senderEvents(testEnv, anna.personId)).toContain('onboarding.cancelled');
    await anna.open('/onboarding/password');
    expect(anna.notice).toBe('cancelled');

    await ask(testEnv, `POST /recipients/${anna.personId}/invitation`);
    await anna.mail(2);
    const { row, said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
    expect([row.status, said.step]).toEqual(['open', 'password']);
  });

  it('32: a run is reset in the UI to its beginning; it knows all facts, and sends no mail twice', async () => {
    const anna = await createInvitedPerson(testEnv, 'sms');
    await expectStatusToMatchDatabase(testEnv, anna.personId);
    await resetToBeginning(anna);
    await expectStatusToMatchDatabase(testEnv, anna.personId);
    await eventually(
      async () => (await testEnv.status(anna.onboardingId)).invitationsSent === 1 || undefined,
    );
    await filtered(testEnv, anna.onboardingId, { OnboardingStep: 'sms' });
    await anna.skip();
    await expectStatusToMatchDatabase(testEnv, anna.personId);
    expect(await mailsTo(anna)).toHaveLength(1);
  });
});

it.concurrent('somebody goes on just before the end, and the engine hears of it after; it expires when the database says', async () => {
  const env = { ...AT_ANY_HOUR, REMIND_AFTER: '1h', EXPIRE_AFTER: '4s', RELAY_EVERY: '100ms' };
  const testEnv = await createTestEnvironment({ env });
  const anna = await createInvitedPerson(testEnv, 'terms');
  await transaction(testEnv.db, async (tx) => {
    const row = await lockOnboarding(tx, anna.onboardingId);
    const facts = { termsAccepted: true };
    await writeChange(tx, row, { signal: 'termsAccepted', event: 'terms.accepted', facts });
    const later = (seconds: number) => tx.sql.raw(`now() + ? * interval '1 second'`, [seconds]);
    await tx
      .sql('onboarding')
      .where({ id: row.id })
      .update({ progressedAt: later(3) });
    await tx
      .sql('outbox')
      .where({ subjectId: row.id })
      .update({ nextTryAt: later(4.5) });
  });
  const { progressedAt } = await anna.row();
  await filtered(testEnv, anna.onboardingId, { OnboardingStep: 'expired' });
  const { endedAt } = await anna.row();
  expect(endedAt!.getTime() - progressedAt.getTime()).toBeGreaterThanOrEqual(4_000);
  expect(endedAt!.getTime() - progressedAt.getTime()).toBeLessThan(6_000);
  await testEnv.close();
});

describe.concurrent('EXPIRE_AFTER is changed while somebody is on the way', () => {
  // Long enough for a busy machine to stop and start everything.
  const given = { ...AT_ANY_HOUR, EXPIRE_AFTER: '8s' };

  it('to more: the run waits on, shows it, and the person goes on', async () => {
    const testEnv = await createTestEnvironment({ env: given });
    const anna = await createInvitedPerson(testEnv, 'terms');
    await testEnv.stopWorker();
    await testEnv.restart({ EXPIRE_AFTER: '1h' });
    await testEnv.startWorker();
    const hourAfter = (await anna.row()).requestedAt.getTime() + 60 * 60_000;
    await eventually(
      async () => Math.abs((await expiryShown(testEnv, anna.onboardingId))! - hourAfter) < 1_000 || undefined,
    );
    await anna.doStep('terms');
    const { row, said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
    expect([row.status, said.step]).toEqual(['open', 'password']);
    await testEnv.close();
  });

  it('to less: the page says so at once, the status when the run looks, as it was given', async () => {
    const testEnv = await createTestEnvironment({ env: given });
    const anna = await createInvitedPerson(testEnv, 'terms');
    await testEnv.stopWorker();
    await testEnv.restart({ EXPIRE_AFTER: '1ms' });
    await anna.open(await anna.link());
    expect(anna.reads).toContain('verlopen');
    expect((await anna.row()).status).toBe('open');
    await testEnv.startWorker();
    await filtered(testEnv, anna.onboardingId, { OnboardingStep: 'expired' });
    const { requestedAt, endedAt } = await anna.row();
    expect(endedAt!.getTime() - requestedAt.getTime()).toBeGreaterThanOrEqual(8_000);
    await testEnv.close();
  });
});

it.concurrent('who went on after the last reminder is reminded again when it stops again', async () => {
  const env = { ...AT_ANY_HOUR, REMIND_AFTER: '200ms,500ms', EXPIRE_AFTER: '1h' };
  const testEnv = await createTestEnvironment({ env });
  const anna = new Participant(testEnv);
  await anna.invited();
  await anna.mail();
  // No reminder is sent while the invitation itself is being sent, so until then they may seem to be over.
  const remindersSent = await eventually(async () => {
    const said = await testEnv.status(anna.onboardingId);
    return (said.problem === 'reminders-exhausted' && said.remindersSent) || undefined;
  });
  await anna.openLink();
  await anna.doStep('terms');
  await eventually(
    async () => (await testEnv.status(anna.onboardingId)).remindersSent > remindersSent || undefined,
  );
  const [again] = await mailsTo(anna);
  expect(again!.text).toContain(WORDS.reminder.nl.next.password);
  await testEnv.close();
});

it.concurrent('32: a run that is lost between two reminders comes back where it was: no mail twice, none left out', async () => {
  const env = { ...AT_ANY_HOUR, REMIND_AFTER: '3s,1h,2h', EXPIRE_AFTER: '5h' };
  const testEnv = await createTestEnvironment({ env });
  const anna = new Participant(testEnv);
  await anna.invited();
  await anna.mail(2);
  const before = await eventually(async () => {
    const said = await testEnv.status(anna.onboardingId);
    return said.remindersSent === 1 ? said : undefined;
  });
  await testEnv.workflow(anna.onboardingId).terminate('lost');
  await testEnv.restart({});
  const after = await eventually(() => testEnv.status(anna.onboardingId).catch(() => undefined));
  expect(after).toMatchObject({ invitationsSent: 1, remindersSent: 1, problem: null, step: 'terms' });
  expect(Math.abs(Date.parse(after.nextReminderAt!) - Date.parse(before.nextReminderAt!))).toBeLessThan(
    5_000,
  );
  expect(await mailsTo(anna)).toHaveLength(2);
  await testEnv.close();
});

it.concurrent('after an outage in which two reminders and the last one became due, only the last one is sent', async () => {
  const env = { ...AT_ANY_HOUR, REMIND_AFTER: '1d,3d,7d' };
  const testEnv = await createTestEnvironment({ env });
  const anna = new Participant(testEnv);
  await anna.invited();
  await anna.mail();
  await testEnv.stopWorker();
  await testEnv.workflow(anna.onboardingId).terminate('an outage of eight days');
  const { sql } = testEnv.db;
  const longAgo = sql.raw(`now() - interval '8 days'`);
  await sql('onboarding')
    .where({ id: anna.onboardingId })
    .update({ progressedAt: longAgo, remindersCountFrom: longAgo });
  await testEnv.startWorker();
  const reminder = await anna.mail(2);
  expect(reminder.text).toContain(WORDS.reminder.nl.last);
  await eventually(async () => (await testEnv.status(anna.onboardingId)).remindersSent === 1 || undefined);
  expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said.nextReminderAt).toBeNull();
  expect(await mailsTo(anna)).toHaveLength(2);
  await testEnv.close();
});

it.concurrent('comes sooner also while a reminder is being tried for hours', async () => {
  const env = { ...AT_ANY_HOUR, REMIND_AFTER: '2s,1h' };
  const testEnv = await createTestEnvironment({ env });
  const anna = new Participant(testEnv);
  await anna.invited();
  await anna.mail();
  // Immediately, because a restart with another mail server may take longer than the reminder waits.
  testEnv.mailbox.sayLater(true);
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await eventually(async () => {
    const { raw } = await testEnv.workflow(anna.onboardingId).describe();
    return (
      raw.pendingActivities?.some(({ activityType }) => activityType?.name === 'sendReminder') || undefined
    );
  });
  await testEnv
    .workflow(anna.onboardingId)
    .signal(extendDeadline, { days: -20, by: 'j.de.vries', reason: 'left' });
  await filtered(testEnv, anna.onboardingId, { OnboardingStep: 'expired' });
  expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).row.status).toBe('expired');
  await testEnv.close();
});
