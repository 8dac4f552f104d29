/** A release with a bug in the workflow code, and the release that fixes it. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { failingRuns } from '../../cli/failingWorkflows.ts';
import { onboardingWorkflowId } from '../../workflows/signals.ts';
import { createInvitedPerson, expectStatusToMatchDatabase } from '../kit/engine.ts';
import { eventually } from '../kit/eventually.ts';
import { secondWorker } from '../kit/secondWorker.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment();
});
afterAll(() => testEnv.close());

/** Workflow code with a bug: it fails when the terms are accepted. */
function brokenCode(): string {
  const code = readFileSync(inject('bundlePath'), 'utf8');
  const broken = code.replace(
    'run.applySignal(said);',
    `if (name === 'termsAccepted') throw new TypeError('the new release has a bug'); run.applySignal(said);`,
  );
  expect(broken).not.toBe(code);
  return broken;
}

async function failing() {
  const of = { taskQueue: testEnv.config.TEMPORAL_TASK_QUEUE, namespace: 'default' };
  const found = [];
  for await (const run of failingRuns(testEnv.engine, of)) found.push(run);
  return found;
}

it('33: a bug makes the workflow’s code fail; the operator sees it, the next release heals it, nobody starts again', async () => {
  const anna = await createInvitedPerson(testEnv, 'terms');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  await testEnv.stopWorker();
  const broken = await secondWorker(testEnv, brokenCode());
  await anna.doStep('terms');
  await anna.doStep('password');

  const [seen] = await eventually(async () => {
    const found = await failing();
    return found.length ? found : undefined;
  });
  expect(seen).toMatchObject({
    workflowId: onboardingWorkflowId(anna.onboardingId),
    reason: 'the new release has a bug',
  });
  expect(seen!.attempts).toBeGreaterThan(1);
  expect((await testEnv.workflow(anna.onboardingId).describe()).status.name).toBe('RUNNING');
  await broken.stop();

  await testEnv.startWorker();
  const { said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect(said).toMatchObject({ step: 'sms', problem: null, invitationsSent: 1 });
  await eventually(async () => ((await failing()).length === 0 ? true : undefined));
  await anna.readKey();
  await anna.skip();
  await anna.doStep('app');
  await anna.submit(await anna.rightFields('profile'));
  expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).row.status).toBe('completed');
  const events = await anna.events();
  expect(events.filter((event) => event === 'terms.accepted')).toHaveLength(1);
  expect(await testEnv.mailbox.mails()).toHaveLength(1);
});
