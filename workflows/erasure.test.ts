/** Erasure: with the last relation, and after KEEP_AFTER. Only the trail of opaque ids remains. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { durationsOf } from '../outbox/dispatch.ts';
import { everything } from '../test/kit/dump.ts';
import { ask, createInvitedPerson, expectStatusToMatchDatabase } from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { cancelOnboarding, messageNoticeWorkflowId, onboardingWorkflowId } from './signals.ts';

/** Tables of opaque ids that outlive the person: the audit, events for senders, and their calls. */
const TRAIL = ['audit', 'event', 'idempotency_key'];

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment();
});
afterAll(() => testEnv.close());

/** The tables, except for the trail, that contain one of the person's ids. */
async function tablesWith(ids: string[]): Promise<string[]> {
  const tables = await everything(testEnv);
  return [...tables]
    .filter(([table, rows]) => !TRAIL.includes(table) && ids.some((id) => rows.includes(id)))
    .map(([table]) => table);
}

const idsOf = (anna: Participant) => [anna.personId, anna.onboardingId, anna.sent!.id];

async function gone(anna: Participant): Promise<void> {
  await eventually(async () => {
    const run = testEnv.workflow(anna.onboardingId);
    const [described, history] = await Promise.allSettled([run.describe(), run.fetchHistory()]);
    const deleted = described.status === 'rejected' && history.status === 'rejected';
    const nothing = deleted && (await runsOf(anna)) === 0 && (await tablesWith(idsOf(anna))).length === 0;
    return nothing || undefined;
  });
}

const runsOf = async ({ onboardingId }: Participant): Promise<number> =>
  (await testEnv.engine.workflow.count(`WorkflowId = '${onboardingWorkflowId(onboardingId)}'`)).count;

async function cancelled(): Promise<Participant> {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await testEnv.workflow(anna.onboardingId).signal(cancelOnboarding, { by: 'j.de.vries', reason: 'left' });
  await eventually(async () => (await anna.row()).status === 'cancelled' || undefined);
  return anna;
}

it.concurrent('DELETE by the last sender: rows, key, run and history are gone, half-way and finished', async () => {
  const onTheWay = await createInvitedPerson(testEnv, 'app', 'sms');
  const finished = await createInvitedPerson(testEnv, 'finished', 'both');
  await expectStatusToMatchDatabase(testEnv, finished.personId);
  async function erased(anna: Participant): Promise<void> {
    const link = await anna.link();
    expect(await tablesWith(idsOf(anna))).toContain('person');
    expect((await ask(testEnv, `DELETE /recipients/${anna.personId}`)).status).toBe(204);
    await gone(anna);
    const stranger = new Participant(testEnv);
    await stranger.open(link);
    expect(stranger.page.status).toBe(404);
  }
  await Promise.all([onTheWay, finished].map(erased));
});

it.concurrent('DELETE of somebody whose run ended and began again: both runs are gone', async () => {
  const anna = await createInvitedPerson(testEnv, 'terms');
  await testEnv.workflow(anna.onboardingId).terminate();
  expect((await ask(testEnv, `POST /recipients/${anna.personId}/invitation`)).status).toBe(202);
  await eventually(async () => (await runsOf(anna)) === 2 || undefined);
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect((await ask(testEnv, `DELETE /recipients/${anna.personId}`)).status).toBe(204);
  await gone(anna);
});

it('a run that is started in the very moment of the erasure ends, and is gone', async () => {
  const anna = await createInvitedPerson(testEnv, 'terms');
  const { onboardingId } = anna;
  expect((await ask(testEnv, `DELETE /recipients/${anna.personId}`)).status).toBe(204);
  await gone(anna);
  await testEnv.engine.workflow.start('onboarding', {
    workflowId: onboardingWorkflowId(onboardingId),
    taskQueue: testEnv.config.TEMPORAL_TASK_QUEUE,
    args: [{ onboardingId, durations: durationsOf(testEnv.config) }],
  });
  await gone(anna);
});

it('a notice on its way to somebody who was erased is not sent, and ends', async () => {
  const anna = await createInvitedPerson(testEnv, 'finished');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await testEnv.stopWorker();
  const before = (await testEnv.mailbox.mails()).length;
  const { id } = await anna.invited();
  expect((await ask(testEnv, `DELETE /recipients/${anna.personId}`)).status).toBe(204);
  await testEnv.startWorker();
  await gone(anna);
  const notice = testEnv.engine.workflow.getHandle(messageNoticeWorkflowId(id));
  await eventually(
    async () => (await notice.describe().catch(() => undefined))?.status.name === 'COMPLETED' || undefined,
  );
  expect(await testEnv.mailbox.mails()).toHaveLength(before);
});

it('KEEP_AFTER the end people who never finished are erased; who was asked again, is on the way or has an account stays', async () => {
  const [over, askedAgain, onTheWay, finished] = [
    await cancelled(),
    await cancelled(),
    await createInvitedPerson(testEnv, 'sms'),
    await createInvitedPerson(testEnv, 'finished'),
  ];
  await expectStatusToMatchDatabase(testEnv, finished.personId);
  await testEnv.stopWorker();
  expect((await ask(testEnv, `POST /recipients/${askedAgain.personId}/invitation`)).status).toBe(202);
  await testEnv.restart({ KEEP_AFTER: '1ms' });
  await testEnv.startWorker();
  await gone(over);
  for (const anna of [askedAgain, onTheWay, finished])
    expect(await tablesWith(idsOf(anna))).toContain('person');
  await expectStatusToMatchDatabase(testEnv, askedAgain.personId);
  expect((await askedAgain.row()).status).toBe('open');
});
