/**
 * Releases during onboardings: replays histories of real runs of every release (recorded by `npm run histories`) with
 * the code under test, to detect changes that running workflows could not continue with.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type ReplayResult, Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, expect, inject, it } from 'vitest';
import { installQuietRuntime } from '../test/kit/quietRuntime.ts';
import { type History, historyFromJson } from '../tools/histories/json.ts';
import * as workflows from './workflows.ts';

const FOLDER = path.join(import.meta.dirname, '../test/histories');

const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .sort();
const textOf = (file: string) => readFileSync(path.join(FOLDER, file), 'utf8');
const historyIn = (text: string) => historyFromJson(JSON.parse(text));

/** By name: why the code under test cannot replay a history; undefined when it can. */
async function replay(histories: Record<string, History>): Promise<Map<string, ReplayResult['error']>> {
  const named = Object.entries(histories).map(([workflowId, history]) => ({ workflowId, history }));
  const results = Worker.runReplayHistories({ workflowBundle: { codePath: inject('bundlePath') } }, named);
  const errors = new Map<string, ReplayResult['error']>();
  for await (const { workflowId, error } of results) errors.set(workflowId, error);
  return errors;
}

let errors: Awaited<ReturnType<typeof replay>>;
beforeAll(async () => {
  installQuietRuntime();
  errors = await replay(Object.fromEntries(files.map((file) => [file, historyIn(textOf(file))])));
});

it.each(files)('this code goes on with %s', (file) => {
  expect(errors.has(file)).toBe(true);
  expect(errors.get(file)?.message).toBeUndefined();
});

it('every workflow that the worker runs has a history', () => {
  const begun = files.map(
    (file) => historyIn(textOf(file)).events![0]!.workflowExecutionStartedEventAttributes!,
  );
  const types = new Set(begun.map(({ workflowType }) => workflowType!.name));
  expect([...types].sort()).toEqual(Object.keys(workflows).sort());
});

it('a change of what the workflow does is noticed', async () => {
  const told = textOf(files.find((file) => file.endsWith('app-only.json'))!);
  const activity = (name: string) => `"activityType":{"name":"${name}"}`;
  const { changed, lost } = {
    changed: told.replace(activity('loadOnboarding'), activity('beginOnboarding')),
    lost: told.replace(activity('activateAccount'), activity('expireOnboarding')),
  };
  const noticed = await replay({ changed: historyIn(changed), lost: historyIn(lost) });
  for (const error of noticed.values()) expect(error).toBeInstanceOf(DeterminismViolationError);
});

it('histories hold nothing personal and nothing of the machine that recorded them', () => {
  const decoded = (text: string) =>
    text.replace(/"data":"([^"]*)"/g, (_, data) => Buffer.from(data, 'base64').toString());
  const told = files.flatMap(
    (file) => decoded(textOf(file)).match(/\w@(?!\d)[^"]*|\+31\d+|Anna|Jansen|file:[^"]*/g) ?? [],
  );
  expect(told).toEqual([]);
});
