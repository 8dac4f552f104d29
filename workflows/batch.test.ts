/** One operator's signal to many: everybody whom the filter finds, once, and nobody else. */
import { randomUUID } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createInvitedPerson, detailsSay, expectStatusToMatchDatabase } from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { extendDeadline, type OrderInput, sendInvitation } from './signals.ts';

const MANY = 30;
const AT_TERMS = `WorkflowType = 'onboarding' AND OnboardingStep = 'terms' AND ExecutionStatus = 'Running'`;

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { INVITE_EVERY: '200ms' } });
});
afterAll(() => testEnv.close());

const here = (filter: string) => `TaskQueue = '${testEnv.config.TEMPORAL_TASK_QUEUE}' AND ${filter}`;

/** The equivalent of `temporal workflow signal --query`. Returns once it is done, with the number of runs signalled. */
async function signalAll(filter: string, signalName: string, order: OrderInput): Promise<number> {
  const { workflowService } = testEnv.engine.connection;
  const job = { namespace: 'default', jobId: randomUUID() };
  await workflowService.startBatchOperation({
    ...job,
    visibilityQuery: here(filter),
    reason: 'the mails were lost',
    signalOperation: { signal: signalName, input: { payloads: [defaultPayloadConverter.toPayload(order)!] } },
  });
  return eventually(async () => {
    const { closeTime, completeOperationCount } = await workflowService.describeBatchOperation(job);
    return closeTime ? Number(completeOperationCount) : undefined;
  });
}

async function inviteMany(): Promise<Participant[]> {
  const people = Array.from({ length: MANY }, () => new Participant(testEnv));
  for (const person of people) await person.invited();
  for (const person of people) await person.mail();
  for (const { personId } of people) await expectStatusToMatchDatabase(testEnv, personId);
  return people;
}

const mailsTo = async ({ email }: Participant): Promise<number> =>
  (await testEnv.mailbox.mails()).filter(({ recipients }) => recipients.includes(email)).length;

it(`sends the invitation again to ${MANY} people, to each once, and to nobody else`, async () => {
  const further = await createInvitedPerson(testEnv, 'sms');
  const finished = await createInvitedPerson(testEnv, 'finished');
  const people = await inviteMany();
  await eventually(
    async () => (await testEnv.engine.workflow.count(here(AT_TERMS))).count === MANY || undefined,
  );

  expect(await signalAll(AT_TERMS, sendInvitation.name, { by: 'j.de.vries', reason: 'other' })).toBe(MANY);
  for (const person of people) {
    await person.mail(2);
    await eventually(
      async () => (await testEnv.status(person.onboardingId)).invitationsSent === 2 || undefined,
    );
  }
  for (const person of people) expect(await mailsTo(person)).toBe(2);
  for (const other of [further, finished]) expect(await mailsTo(other)).toBe(1);
  await detailsSay(testEnv, people[0]!.onboardingId, 'the invitation is sent again');

  const anybody = people.at(-1)!;
  await anybody.openLink();
  expect(anybody.path).toBe('/onboarding/terms');
});

it('gives many people more time at once', async () => {
  const anna = await createInvitedPerson(testEnv, 'password');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  const filter = `OnboardingStep = 'password' AND ExecutionStatus = 'Running'`;
  await eventually(async () => (await testEnv.engine.workflow.count(here(filter))).count === 1 || undefined);
  await signalAll(filter, extendDeadline.name, { days: 7, by: 'j.de.vries', reason: 'other' });
  await detailsSay(testEnv, anna.onboardingId, 'by j.de.vries (other), extendDeadline: 7 days later');
  expect((await anna.row()).extraDays).toBe(7);
});
