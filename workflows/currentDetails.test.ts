/** What the Temporal UI offers an operator for one person: the signals in its list, with their purpose. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { addClient, addKey } from '../db/clients.ts';
import { SIGNALS } from '../domain/signals.ts';
import { allSettled } from '../test/kit/dump.ts';
import { ask, createInvitedPerson, detailsSay, expectStatusToMatchDatabase } from '../test/kit/engine.ts';
import { Participant } from '../test/kit/participant.ts';
import { sendMessage } from '../test/kit/sender.ts';
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
  const [forOperators, others] = [offered.slice(0, 7), offered.slice(7)];
  expect(forOperators.map(({ name }) => name)).toEqual([
    'sendInvitation',
    'extendDeadline',
    'allowMoreCodes',
    'acknowledge',
    'askFactorReset',
    'retryNow',
    'cancelOnboarding',
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
  await testEnv
    .workflow(anna.onboardingId)
    .signal(sendInvitation, { by: 'j.de.vries', reason: 'person-called' });
  await testEnv.startWorker();
  await anna.mail();
  await anna.openLink();
  await anna.doStep('terms');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await detailsSay(
    testEnv,
    anna.onboardingId,
    'by j.de.vries (person-called), sendInvitation: the invitation is sent',
  );
});

it('whose message it is, and what was chosen under "I can\'t do this", as they change', async () => {
  const anna = await createInvitedPerson(testEnv, 'terms');
  const { onboardingId, personId } = anna;
  const alone = await detailsSay(testEnv, onboardingId, `client ${testEnv.clientId}`);
  expect(alone).toContain(`\`npm run instap -- find onboarding-${onboardingId}\``);

  const other = await addClient(testEnv.db, 'Waterschap Zee');
  const apiKey = await addKey(testEnv.db, { clientId: other.id, days: 1 });
  await sendMessage(testEnv, { email: anna.email, apiKey });
  await detailsSay(testEnv, onboardingId, `client ${other.id}`);
  expect((await ask(testEnv, `DELETE /recipients/${personId}`, { apiKey })).status).toBe(204);
  await detailsSay(testEnv, onboardingId, `client ${testEnv.clientId}`);

  await anna.open('/onboarding/help');
  await anna.submit({ reason: 'lost-phone' });
  await detailsSay(testEnv, onboardingId, 'help-asked. The person chose: lost-phone. ');
  await anna.open('/onboarding/help');
  await anna.submit({ reason: 'no-app' });
  await detailsSay(testEnv, onboardingId, 'help-asked. The person chose: no-app. ');
  await expectStatusToMatchDatabase(testEnv, personId);
});
