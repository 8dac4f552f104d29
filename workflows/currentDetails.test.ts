/** What the Temporal UI offers an operator for one person: the signals, in its list, and what each is for. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { SIGNALS } from '../domain/signals.ts';
import { allSettled } from '../test/kit/dump.ts';
import { createInvitedPerson, expectStatusToMatchDatabase, waitForDetails } from '../test/kit/engine.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { sendInvitation } from './signals.ts';

type Offer = { name: string; description: string };

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { INVITE_EVERY: '200ms' } });
});
afterAll(() => testEnv.close());

it('the signals for operators come first, and every signal says what it is for', async () => {
  const anna = await createInvitedPerson(testEnv, 'terms');
  const { definition } = await testEnv
    .workflow(anna.onboardingId)
    .query<{ definition: { signalDefinitions: Offer[] } }>('__temporal_workflow_metadata');
  const offered = definition.signalDefinitions;
  const [forOperators, others] = [offered.slice(0, 5), offered.slice(5)];
  expect(forOperators.map(({ name }) => name)).toEqual([
    'sendInvitation',
    'extendDeadline',
    'cancelOnboarding',
    'askFactorReset',
    'allowMoreCodes',
  ]);
  for (const { description } of forOperators) expect(description).toMatch(/^OPERATOR: .*\{.*\}$/);
  expect(others.map(({ name }) => name).sort()).toEqual(Object.keys(SIGNALS).sort());
  for (const { name, description } of others) expect(description, name).toMatch(/^[A-Z].{15,}/);
});

it('what people and operators said before the run could begin is heard', async () => {
  await testEnv.stopWorker();
  const anna = new Participant(testEnv);
  await anna.invited();
  await allSettled(testEnv);
  await testEnv.workflow(anna.onboardingId).signal(sendInvitation, { reason: 'the worker was away' });
  await testEnv.startWorker();
  await anna.mail();
  await anna.openLink();
  await anna.doStep('terms');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await waitForDetails(testEnv, anna.onboardingId, 'the worker was away');
});
