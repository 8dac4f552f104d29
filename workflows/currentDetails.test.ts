/** What the Temporal UI offers an operator for one person: the signals, in its list, and what each is for. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { addClient, addKey } from '../db/clients.ts';
import { SIGNALS } from '../domain/signals.ts';
import { allSettled } from '../test/kit/dump.ts';
import { agreed, ask, detailsSay, mailed } from '../test/kit/engine.ts';
import { sendMessage } from '../test/kit/person.ts';
import { createWorld, type World } from '../test/kit/testEnvironment.ts';
import { Traveller } from '../test/kit/traveller.ts';
import { sendInvitation } from './signals.ts';

type Offer = { name: string; description: string };

let world: World;
beforeAll(async () => {
  world = await createWorld({ env: { INVITE_EVERY: '200ms' } });
});
afterAll(() => world.close());

it('the signals for operators come first, and every signal says what it is for', async () => {
  const anna = await mailed(world, 'terms');
  const { definition } = await world
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
  await world.stopWorker();
  const anna = new Traveller(world);
  await anna.invited();
  await allSettled(world);
  await world.workflow(anna.onboardingId).signal(sendInvitation, { reason: 'the worker was away' });
  await world.startWorker();
  await anna.mail();
  await anna.openLink();
  await anna.doStep('terms');
  await agreed(world, anna.personId);
  await detailsSay(world, anna.onboardingId, 'the worker was away');
});

it('whose message it is, and what was chosen under "I can\'t do this", as they change', async () => {
  const anna = await mailed(world, 'terms');
  const { onboardingId, personId } = anna;
  const alone = await detailsSay(world, onboardingId, `client ${world.clientId}`);
  expect(alone).toContain(`\`npm run instap -- find onboarding-${onboardingId}\``);

  const other = await addClient(world.db, 'Waterschap Zee');
  const apiKey = await addKey(world.db, { clientId: other.id, days: 1 });
  await sendMessage(world, { email: anna.email, apiKey });
  await detailsSay(world, onboardingId, `client ${other.id}`);
  expect((await ask(world, `DELETE /recipients/${personId}`, { apiKey })).status).toBe(204);
  await detailsSay(world, onboardingId, `client ${world.clientId}`);

  await anna.open('/onboarding/help');
  await anna.submit({ reason: 'lost-phone' });
  await detailsSay(world, onboardingId, 'help-asked. The person chose: lost-phone. ');
  await anna.open('/onboarding/help');
  await anna.submit({ reason: 'no-app' });
  await detailsSay(world, onboardingId, 'help-asked. The person chose: no-app. ');
  await agreed(world, personId);
});
