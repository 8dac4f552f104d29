/** The worker as a process: its metrics for Prometheus. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anyFreePort } from '../../dev/ports.ts';
import { eventually } from '../setup/person.ts';
import { begin } from '../setup/process.ts';
import { workerEnv } from '../setup/serverProcess.ts';
import { createWorld, type World } from '../setup/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ worker: false });
});
afterAll(() => world.close());

it('serves what docs/deploying.md names, and stops on SIGTERM', async () => {
  const port = await anyFreePort();
  const worker = begin('activities/worker.ts', [], {
    ...workerEnv(world),
    HOST: '127.0.0.1',
    METRICS_PORT: String(port),
  });
  const ended = new Promise((resolve) => worker.once('close', resolve));
  await world.engine.workflow.start('noSuchWorkflow', {
    workflowId: `no-such-workflow-${port}`,
    taskQueue: world.config.TEMPORAL_TASK_QUEUE,
  });
  const named = [
    'temporal_workflow_task_execution_failed_total',
    'temporal_workflow_task_schedule_to_start_latency_seconds',
    'temporal_worker_task_slots_available',
    'temporal_num_pollers',
    'temporal_sticky_cache_size',
  ];
  await eventually(async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`).then(
      (response) => response.text(),
      () => '',
    );
    return named.every((name) => answer.includes(`# TYPE ${name} `)) || undefined;
  });
  await world.engine.workflow.getHandle(`no-such-workflow-${port}`).terminate();
  worker.kill('SIGTERM');
  expect(await ended).toBe(0);
});
