/**
 * `npm run histories -- 2026-11-22`: records histories of real runs of this code in test/histories/2026-11-22/, one
 * file per run. Every later release must replay them, because people continue half-finished onboardings with it.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { openTestEnvironment, type TestEnvironment } from '../../test/kit/environment.ts';
import { eventually } from '../../test/kit/eventually.ts';
import { openInfrastructure } from '../../test/kit/infrastructure.ts';
import { ROOT } from '../local/folder.ts';
import { say } from '../local/screen.ts';
import { FAILURE_SETTINGS, FAILURE_STORIES } from './failureStories.ts';
import { type History, historyToJson } from './json.ts';
import { HASTY, HASTY_STORIES, PATIENT, PATIENT_STORIES, type Story } from './stories.ts';

/** Fields about the recording machine, which replay ignores. */
const OF_THE_MACHINE = ['identity', 'stackTrace'];

const [date = ''] = process.argv.slice(2);
const folder = path.join(ROOT, 'test', 'histories', date);
const dateError = errorInDate(date);
if (dateError) {
  console.error(dateError);
  process.exitCode = 1;
} else {
  await record();
}

function errorInDate(given: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(given))
    return 'Give the date of the release: npm run histories -- 2026-11-22';
  if (existsSync(folder))
    return `${folder} already exists: record the histories of a release once, with its own code.`;
  return undefined;
}

async function record(): Promise<void> {
  const half = `${folder}.half`;
  const stops: (() => unknown)[] = [() => rmSync(half, { recursive: true, force: true })];
  try {
    mkdirSync(half, { recursive: true });
    const testEnv = await open(stops);
    const files = await tell(testEnv, PATIENT_STORIES, half);
    await testEnv.restart(HASTY);
    files.push(...(await tell(testEnv, HASTY_STORIES, half)));
    await testEnv.restart(FAILURE_SETTINGS);
    files.push(...(await tell(testEnv, FAILURE_STORIES, half)));
    renameSync(half, folder);
    say('histories', `${files.length} in test/histories/${date}/`);
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function open(stops: (() => unknown)[]): Promise<TestEnvironment> {
  const testEnv = await openTestEnvironment(await openInfrastructure(stops), { env: PATIENT });
  stops.push(() => testEnv.close());
  return testEnv;
}

/** Plays the stories one after the other; returns the files written. */
async function tell(
  testEnv: TestEnvironment,
  stories: Record<string, Story>,
  into: string,
): Promise<string[]> {
  const files: string[] = [];
  for (const [name, story] of Object.entries(stories)) {
    const runs = await runsOf(testEnv, await story(testEnv));
    for (const [i, history] of runs.entries()) {
      const file = runs.length > 1 ? `${name}-${i + 1}.json` : `${name}.json`;
      writeFileSync(path.join(into, file), `${asText(history)}\n`);
      files.push(file);
    }
    say('histories', name);
  }
  return files;
}

/** Every run of the workflow, oldest first. */
async function runsOf({ engine }: TestEnvironment, workflowId: string): Promise<History[]> {
  const newest = await engine.workflow.getHandle(workflowId).describe();
  const runs = await eventually(async () => {
    const listed: WorkflowExecutionInfo[] = [];
    for await (const run of engine.workflow.list({ query: `WorkflowId = "${workflowId}"` })) listed.push(run);
    return listed.some(({ runId }) => runId === newest.runId) ? listed : undefined;
  });
  runs.sort((a, b) => a.startTime.getTime() - b.startTime.getTime());
  return Promise.all(runs.map(({ runId }) => engine.workflow.getHandle(workflowId, runId).fetchHistory()));
}

/** On one line, without fields about the machine: the worker's name also names its sticky queue. */
function asText(history: History): string {
  return JSON.stringify(historyToJson(history), (key, value) => {
    if (OF_THE_MACHINE.includes(key)) return undefined;
    return value?.kind === 'TASK_QUEUE_KIND_STICKY' ? { ...value, name: 'worker' } : value;
  });
}
