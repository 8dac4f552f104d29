/** What the Temporal UI offers an operator for one person: the signals, in its list, and what each is for. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { SIGNALS } from '../domain/signals.ts';
import { allSettled } from '../test/kit/dump.ts';
import { agreed, detailsSay, mailed } from '../test/kit/engine.ts';
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
  const [forOperators, others] = [offered.slice(0, 6), offered.slice(6)];
  expect(forOperators.map(({ name }) => name)).toEqual([
    'sendInvitation',
    'extendDeadline',
    'cancelOnboarding',
    'askFactorReset',
    'allowMoreCodes',
    'retryNow',
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
