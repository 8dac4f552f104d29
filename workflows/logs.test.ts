/** N20: what the worker logs about a failing run. */
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import { Participant } from '../test/kit/participant.ts';
import { begin } from '../test/kit/process.ts';
import { workerEnv } from '../test/kit/serverProcess.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

/** The first line of a worker's log that contains these words. */
async function workerSays(words: string, test: Pick<TestContext, 'onTestFinished'>): Promise<unknown> {
  const worker = begin('processes/worker.ts', [], { ...workerEnv(testEnv), SMTP_URL: 'smtp://127.0.0.1:1' });
  test.onTestFinished(() => void worker.kill('SIGKILL'));
  return new Promise((resolve) =>
    createInterface({ input: worker.stdout! }).on('line', (line) => {
      if (line.includes(words)) resolve(JSON.parse(line));
    }),
  );
}

it('an activity that fails names its run, its try, and why', async (test) => {
  const anna = new Participant(testEnv);
  await anna.invited();
  const warned = await workerSays('"Activity failed"', test);
  const { runId } = await testEnv.workflow(anna.onboardingId).describe();
  expect(warned).toMatchObject({
    workflowType: 'onboarding',
    workflowId: expect.stringContaining(anna.onboardingId),
    runId,
    activityType: expect.any(String),
    attempt: expect.any(Number),
    reason: expect.stringContaining('SMTP_URL'),
  });
});

it('a workflow task that fails names its run, and why', async (test) => {
  const { TEMPORAL_TASK_QUEUE: taskQueue } = testEnv.config;
  const handle = await testEnv.engine.workflow.start('noSuchWorkflow', {
    workflowId: `no-such-workflow-${taskQueue}`,
    taskQueue,
  });
  expect(await workerSays('Workflow Activation', test)).toMatchObject({
    runId: handle.firstExecutionRunId,
    reason: expect.stringContaining('noSuchWorkflow'),
  });
  await handle.terminate();
});
