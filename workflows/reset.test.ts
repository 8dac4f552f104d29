/** A run is reset to any point of its history: what an operator sees stays true, and nothing is sent twice. */
import type { WorkflowExecutionDescription } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { snapshotOf } from '../db/onboardings.ts';
import { expiresAt } from '../domain/dueActions.ts';
import { durationsOf } from '../outbox/dispatch.ts';
import { createInvitedPerson, expectStatusToMatchDatabase } from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { extendDeadline, onboardingWorkflowId, type Status, sendInvitation } from './signals.ts';

const DAY_MS = 24 * 60 * 60_000;
/** A signal takes a moment, and longer on a busy machine. Errors caused by a reset are larger. */
const MOMENT_MS = 5_000;
/** Everybody stays at their step this long, and has had a reminder by then, before anything is reset. */
const REMIND_FIRST_MS = 8_000;

let testEnv: TestEnvironment;
beforeAll(async () => {
  const env = {
    INVITE_EVERY: '100ms',
    REMIND_AFTER: `${REMIND_FIRST_MS}ms,1d,2d`,
    REMIND_FROM_HOUR: '0',
    REMIND_UNTIL_HOUR: '24',
  };
  testEnv = await createTestEnvironment({ env });
});
afterAll(() => testEnv.close());

const PEOPLE: Record<string, () => Promise<Participant>> = {
  async 'was invited, and the mail is refused'() {
    const anna = new Participant(testEnv, `anna.${Date.now()}@refused.example`);
    await anna.invited();
    await expectStatusToMatchDatabase(testEnv, anna.personId);
    return anna;
  },
  async 'is at the number, and the SMS was refused'() {
    const anna = await createInvitedPerson(testEnv, 'sms');
    await anna.askCode('+31612340001');
    return anna;
  },
  async 'asks for help'() {
    const anna = await createInvitedPerson(testEnv, 'password');
    await anna.open('/onboarding/help');
    await anna.submit({ reason: 'temporary-password' });
    return anna;
  },
  async 'has more time, and half of it done'() {
    const anna = await createInvitedPerson(testEnv, 'app', 'sms');
    await expectStatusToMatchDatabase(testEnv, anna.personId);
    await testEnv
      .workflow(anna.onboardingId)
      .signal(extendDeadline, { days: 7, by: 'j.de.vries', reason: 'on-leave' });
    return anna;
  },
};

type Seen = {
  attributes: Record<string, unknown>;
  said: Pick<Status, 'step' | 'facts' | 'problem' | 'invitationsSent' | 'remindersSent'>;
  times: { since: number; expires: number; nextReminder: number };
};

const idle = ({ raw }: WorkflowExecutionDescription) =>
  !raw.pendingActivities?.length && !raw.pendingWorkflowTask;

/** What an operator sees, once the run is only waiting. */
async function seen({ onboardingId }: Participant): Promise<Seen | undefined> {
  const run = testEnv.workflow(onboardingId);
  const described = await run.describe();
  if (!idle(described)) return undefined;
  const said = await testEnv.status(onboardingId).catch(() => undefined);
  // A reminder that is due is sent first.
  if (!said?.nextReminderAt || Date.parse(said.nextReminderAt) < Date.now() + MOMENT_MS) return undefined;
  if ((await run.describe()).historyLength !== described.historyLength) return undefined;
  const shown = new Map(described.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
  const time = (name: string) => (shown.get(name) as Date | undefined)?.getTime() ?? Number.NaN;
  const { step, facts, problem, invitationsSent, remindersSent } = said;
  return {
    attributes: Object.fromEntries(
      ['OnboardingStep', 'OnboardingProblem', 'RemindersSent'].map((name) => [name, shown.get(name)]),
    ),
    said: { step, facts, problem, invitationsSent, remindersSent },
    times: {
      since: time('OnboardingSince'),
      expires: time('OnboardingExpires'),
      nextReminder: Date.parse(said.nextReminderAt),
    },
  };
}

/** Every point of the run that it can be reset to. */
async function places({ onboardingId }: Participant) {
  const { runId } = await testEnv.workflow(onboardingId).describe();
  const { events } = await testEnv.workflow(onboardingId).fetchHistory();
  const completed = events!.filter((event) => event.workflowTaskCompletedEventAttributes);
  return completed.map(({ eventId }) => ({ runId, eventId }));
}

async function reset(anna: Participant, { runId, eventId }: Awaited<ReturnType<typeof places>>[number]) {
  await testEnv.engine.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: onboardingWorkflowId(anna.onboardingId), runId },
    workflowTaskFinishEventId: eventId,
    reason: 'by mistake',
    requestId: `${anna.onboardingId} ${eventId}`,
  });
}

const mailsTo = async ({ email }: Participant) =>
  (await testEnv.mailbox.mails()).filter(({ recipients }) => recipients.includes(email)).length;

const smsTo = ({ phone }: Participant) => testEnv.phone.messages().filter(({ to }) => to === phone).length;

/** The next mail must be the invitation that an operator orders now. */
async function oneMoreMailComes(anna: Participant, mails: number): Promise<void> {
  await testEnv
    .workflow(anna.onboardingId)
    .signal(sendInvitation, { by: 'j.de.vries', reason: 'person-called' });
  await eventually(async () => (await mailsTo(anna)) > mails || undefined);
  expect(await mailsTo(anna)).toBe(mails + 1);
}

async function databaseSays(anna: Participant): Promise<Pick<Seen, 'attributes'> & { expires: number }> {
  const { row, said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  const attributes = { OnboardingStep: said.step, RemindersSent: row.remindersSent };
  return { attributes, expires: expiresAt(snapshotOf(row), durationsOf(testEnv.config)) };
}

it.concurrent.each(Object.keys(PEOPLE))('who %s', async (name) => {
  const anna = await PEOPLE[name]!();
  const before = await eventually(async () => {
    const now = await seen(anna);
    return now && now.times.nextReminder > Date.now() + DAY_MS / 2 ? now : undefined;
  });
  const known = await databaseSays(anna);
  expect(before.attributes).toMatchObject(known.attributes);
  expect(Math.abs(before.times.expires - known.expires)).toBeLessThan(MOMENT_MS);
  const [mails, sms] = [await mailsTo(anna), smsTo(anna)];

  for (const place of await places(anna)) {
    await reset(anna, place);
    const { times, ...after } = await eventually(() => seen(anna));
    const at = `event ${place.eventId}`;
    expect({ at, ...after }).toEqual({ at, attributes: before.attributes, said: before.said });
    for (const [time, value] of Object.entries(before.times))
      expect(Math.abs(times[time as keyof Seen['times']] - value), `${time} at ${at}`).toBeLessThan(
        MOMENT_MS,
      );
    expect(await databaseSays(anna)).toEqual(known);
  }
  expect([await mailsTo(anna), smsTo(anna)]).toEqual([mails, sms]);
  if (before.said.problem !== 'mail-undeliverable') await oneMoreMailComes(anna, mails);
});
