/** The commands about what is between the database and Temporal. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Tables } from '../db/tables.ts';
import { allSettled } from '../test/kit/dump.ts';
import { expectStatusToMatchDatabase, listed } from '../test/kit/engine.ts';
import { eventually } from '../test/kit/eventually.ts';
import { someAddress, somebody } from '../test/kit/message.ts';
import { instap } from '../test/kit/process.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { onboardingWorkflowId } from '../workflows/signals.ts';

const AWAY = { TEMPORAL_ADDRESS: '127.0.0.1:1' };

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment();
});
afterAll(() => testEnv.close());
beforeEach(() => allSettled(testEnv));

it('outbox: nothing waits', async () => {
  expect(await instap(testEnv, 'outbox')).toEqual({ code: 0, out: 'nothing waits\n', err: '' });
});

it('outbox: how many wait for what, how long, how often tried and when again', async () => {
  const { sql } = testEnv.db;
  const row = {
    workflow: 'onboarding' as const,
    signal: 'termsAccepted',
    payload: '{}',
    nextTryAt: sql.raw(`now() + interval '1 hour'`),
  };
  const put = (more: Partial<Tables['outbox']['insert']>) =>
    sql('outbox').insert({ ...row, subjectId: randomUUID(), ...more });
  await put({ tries: 7, createdAt: sql.raw(`now() - interval '100 seconds'`) });
  await put({ tries: 3 });
  await put({ workflow: 'passwordReset', signal: null });
  const { out } = await instap(testEnv, 'outbox');
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
  expect(lines).toEqual([
    ['workflow', 'signal', 'waiting', 'oldest', 'tries', 'next try'],
    [
      'onboarding',
      'termsAccepted',
      '2',
      expect.stringMatching(/^10\d s ago$/),
      '7',
      expect.stringMatching(/^in 3\d{3} s$/),
    ],
    [
      'passwordReset',
      '-',
      '1',
      expect.stringMatching(/^\d s ago$/),
      '0',
      expect.stringMatching(/^in 3\d{3} s$/),
    ],
  ]);
  await sql('outbox').delete();
});

it('reconcile: starts what was lost, says how many, and then finds nothing more', async () => {
  const people = [await somebody(testEnv), await somebody(testEnv), await somebody(testEnv)];
  for (const { personId } of people) await expectStatusToMatchDatabase(testEnv, personId);
  const [one, two, three] = people.map(({ onboarding }) => onboarding.id);
  for (const id of [one!, two!]) await testEnv.workflow(id).terminate('lost');
  await listed(testEnv, [three!]);
  const { out } = await instap(testEnv, 'reconcile');
  expect(out).toBe('3 should be running, 2 were not: started again\n');
  await listed(testEnv, [one!, two!, three!]);
  for (const { personId } of people) await expectStatusToMatchDatabase(testEnv, personId);
  expect((await instap(testEnv, 'reconcile')).out).toBe('3 should be running, 0 were not\n');
});

it('failing-workflows: none, then a run whose code is gone, with its attempts, since when, and why', async () => {
  expect((await instap(testEnv, 'failing-workflows')).out).toBe('none fails\n');
  const workflowId = onboardingWorkflowId(randomUUID());
  const taskQueue = testEnv.config.TEMPORAL_TASK_QUEUE;
  const run = await testEnv.engine.workflow.start('noSuchWorkflow', { workflowId, taskQueue });
  const out = await eventually(async () => {
    const said = await instap(testEnv, 'failing-workflows');
    return said.out.startsWith(workflowId) ? said.out : undefined;
  });
  const [first, second, last] = out.split('\n');
  expect(first).toBe(workflowId);
  expect(second).toMatch(/^ {2}\d+ attempts since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: .*noSuchWorkflow/);
  expect(last).toBe('1 fail');
  await run.terminate();
});

it('filters: each with its query, and with a link when the address of the UI is known', async () => {
  const { out } = await instap(testEnv, 'filters');
  expect(out).toContain(
    'stuck: everybody with a problem that an operator can solve\n  OnboardingProblem IS NOT NULL',
  );
  expect(out).not.toContain('http');
  const linked = await instap(testEnv, 'filters', {
    TEMPORAL_UI_URL: 'https://temporal.example.org/',
    ...AWAY,
  });
  expect(linked.out).toContain(
    `  https://temporal.example.org/namespaces/default/workflows?query=${encodeURIComponent('OnboardingProblem IS NOT NULL AND OnboardingProblem != "sms-undeliverable" AND ExecutionStatus="Running"')}\n`,
  );
});

it('says so when the engine is away', async () => {
  const { code, err } = await instap(testEnv, 'reconcile', AWAY);
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(/^Temporal does not answer at 127.0.0.1:1: .*TEMPORAL_ADDRESS.*right\?\n$/),
  ]);
});

it('says so when the engine has no such namespace', async () => {
  const { code, err } = await instap(testEnv, 'failing-workflows', { TEMPORAL_NAMESPACE: 'elsewhere' });
  expect([code, err]).toEqual([1, expect.stringContaining('no namespace "elsewhere"')]);
});

it('says so when the database is away', async () => {
  const { code, err } = await instap(testEnv, 'outbox', {
    DATABASE_URL: 'postgres://x:y@127.0.0.1:1/instap',
  });
  expect([code, err]).toEqual([
    1,
    'the database does not answer: is PostgreSQL running, and is DATABASE_URL right?\n',
  ]);
});

it.each([
  [`keys end ${randomUUID()}`, 'keys revoke'],
  ['sendings nobody@example.com', 'deliveries'],
  ['failing', 'failing-workflows'],
])('%s: was renamed, does nothing and says the new name', async (typed, now) => {
  expect(await instap(testEnv, typed)).toEqual({ code: 64, out: '', err: `renamed: use ${now}\n` });
});

it('lists its commands, also for a word it does not know', async () => {
  const asked = await instap(testEnv, 'help');
  expect(asked.code).toBe(0);
  for (const command of [
    'clients add NAME',
    'find PERSON',
    'invite PERSON',
    'outbox',
    'reconcile',
    'failing-workflows',
    'filters',
  ])
    expect(asked.out).toContain(`\n  ${command} `);
  const err = expect.stringContaining('unknown command');
  expect(await instap(testEnv, 'frobnicate')).toEqual({ ...asked, err, code: 64 });
  expect((await instap(testEnv, `find ${someAddress()} twice`)).code).toBe(64);
});
