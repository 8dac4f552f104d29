/** Web and worker as processes: their Prometheus metrics, as docs/deploying.md names them. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../test/kit/eventually.ts';
import { isShown, notServed, ownMetrics } from '../test/kit/monitoring.ts';
import { Participant } from '../test/kit/participant.ts';
import { webProcess, workerProcess } from '../test/kit/serverProcess.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { anyFreePort } from '../tools/local/ports.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

let served: { METRICS_PORT: string; HOST: string };
beforeEach(async () => {
  served = { METRICS_PORT: String(await anyFreePort()), HOST: '127.0.0.1' };
});

const read = (): Promise<string> =>
  fetch(`http://127.0.0.1:${served.METRICS_PORT}/metrics`).then(
    (response) => response.text(),
    () => '',
  );

/** Waits until each of these lines is served; returns everything served. */
const lines = (...wanted: (string | RegExp)[]): Promise<string> =>
  eventually(async () => {
    const text = await read();
    return wanted.every((line) => new RegExp(line, 'm').test(text)) ? text : undefined;
  });

const isOfWeb = (metric: string): boolean =>
  /^(instap_(request|refusals|codes)|process|nodejs)_/.test(metric);
/** Prometheus's naming conventions. */
const NAMES: Record<string, RegExp> = { counter: /_total$/, histogram: /_seconds$/, gauge: /(?<!_total)$/ };

/** Alerts and dashboard find what they read from this process, and the dashboard leaves out none of our metrics. */
function expectMonitored(answer: string, isOfProcess: (metric: string) => boolean): void {
  expect(notServed(answer, isOfProcess)).toEqual([]);
  const own = ownMetrics(answer);
  expect(own).not.toEqual([]);
  expect(own.filter(({ name }) => !isShown(name))).toEqual([]);
  expect(own.filter(({ name, type }) => !NAMES[type]?.test(name))).toEqual([]);
}

it('of web: page times by route, codes that were entered, whom a limit turned away', async (test) => {
  const limits = { LIMIT_TOKEN_TRIES: '2', LIMIT_SMS_PER_NUMBER: '1' };
  const web = await webProcess(test, testEnv, { ...served, ...limits });
  const anna = new Participant({ ...testEnv, url: web.url });
  await anna.invited();
  await anna.to('app');
  for (let tries = 0; tries < 3; tries++) await anna.submit({ token: '000000' });
  for (const somebody of [1, 2].map(() => new Participant({ ...testEnv, url: web.url }))) {
    await somebody.to('sms');
    await somebody.open('/onboarding/sms');
    await somebody.askCode('+31612345678');
  }
  const text = await lines(
    '^instap_request_duration_seconds_count{method="POST",route="/onboarding/terms",status="303"} 3$',
    '^instap_request_duration_seconds_count{method="POST",route="/i/:token",status="303"} 3$',
    '^instap_codes_total{factor="app",purpose="enrol",verdict="wrong"} 2$',
    '^instap_refusals_total{limit="token"} 1$',
    '^instap_refusals_total{limit="sms-number"} 1$',
    // Also before the first refusal, or its rate would not be seen.
    '^instap_refusals_total{limit="hashing"} 0$',
    '^nodejs_heap_size_used_bytes ',
  );
  for (const personal of [anna.email, anna.personId, (await anna.link()).split('/').at(-1)!])
    expect(text).not.toContain(personal);
  expectMonitored(text, isOfWeb);
  expect(await web.stop()).toMatchObject({ code: 0 });
});

it('of the worker: who is where, what was sent, what waits, and those of Temporal', async (test) => {
  const anna = new Participant(testEnv);
  await anna.invited();
  await anna.to('password');
  await new Participant(testEnv).invited();
  const worker = await workerProcess(test, testEnv, served);
  const workflowId = `no-such-workflow-${served.METRICS_PORT}`;
  await testEnv.engine.workflow.start('noSuchWorkflow', {
    workflowId,
    taskQueue: testEnv.config.TEMPORAL_TASK_QUEUE,
  });
  const text = await lines(
    '^instap_people{age="under 1h",step="password"} 1$',
    '^instap_people{age="under 1h",step="terms"} 1$',
    '^instap_people{age="longer",step="activate"} 0$',
    '^instap_sends_total{channel="mail",kind="invitation",outcome="accepted",reason=""} 1$',
    '^instap_outbox_rows \\d',
    '^instap_outbox_oldest_seconds \\d',
    '^# TYPE temporal_workflow_task_execution_failed_total ',
    '^# TYPE temporal_workflow_task_schedule_to_start_latency_seconds ',
    '^# TYPE temporal_worker_task_slots_available ',
    '^# TYPE temporal_num_pollers ',
    '^# TYPE temporal_sticky_cache_size ',
  );
  expect(text).not.toContain(anna.email);
  expectMonitored(text, (metric) => !isOfWeb(metric));
  await testEnv.engine.workflow.getHandle(workflowId).terminate();
  expect(await worker.stop()).toMatchObject({ code: 0 });
});
