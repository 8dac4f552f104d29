/** N20: what the worker's log says of a run in trouble. */
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Participant } from '../test/kit/participant.ts';
import { begin } from '../test/kit/process.ts';
import { workerEnv } from '../test/kit/serverProcess.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

it('an activity that fails names its run, its try, and why', async ({ onTestFinished }) => {
  const anna = new Participant(testEnv);
  await anna.invited();
  const worker = begin('processes/worker.ts', [], { ...workerEnv(testEnv), SMTP_URL: 'smtp://127.0.0.1:1' });
  onTestFinished(() => void worker.kill('SIGKILL'));
  const warned = await new Promise<Record<string, unknown>>((resolve) =>
    createInterface({ input: worker.stdout! }).on('line', (line) => {
      if (line.includes('"Activity failed"')) resolve(JSON.parse(line));
    }),
  );
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
