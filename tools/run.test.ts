/** tools/run.mjs, the entry of every npm script: what it installs, and when it installs nothing. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toItsEnd } from '../test/kit/process.ts';
import { ROOT } from './local/folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'instap-run-'));
  for (const name of ['tools/local', 'processes']) mkdirSync(path.join(folder, name), { recursive: true });
  copyFileSync(path.join(ROOT, 'tools/run.mjs'), path.join(folder, 'tools/run.mjs'));
  writeFileSync(path.join(folder, 'package-lock.json'), '{"packages":{"node_modules/koa":{"version":"1"}}}');
  for (const entry of ['processes/web.ts', 'tools/local/start.ts'])
    writeFileSync(path.join(folder, entry), 'console.log("runs");');
  writeFileSync(
    path.join(folder, 'npm.js'),
    'require("node:fs").writeFileSync(__dirname + "/npm-was-called", "")',
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (entry: string, env: Record<string, string> = {}) =>
  toItsEnd(
    spawn(process.execPath, [path.join(folder, 'tools/run.mjs'), entry], {
      env: { PATH: process.env.PATH, npm_execpath: path.join(folder, 'npm.js'), ...env },
    }),
  );
const npmWasCalled = () => existsSync(path.join(folder, 'npm-was-called'));

it('web without packages says what to run, and installs nothing', async () => {
  const said = await run('processes/web.ts');
  expect(said).toMatchObject({ code: 1, err: expect.stringContaining('npm ci --omit=dev') });
  expect(npmWasCalled()).toBe(false);
});

it('web with the packages of production alone runs, and installs nothing', async () => {
  mkdirSync(path.join(folder, 'node_modules'));
  expect(await run('processes/web.ts')).toMatchObject({ code: 0, out: 'runs\n' });
  expect(npmWasCalled()).toBe(false);
});

it('npm start installs what is missing, and not in production', async () => {
  mkdirSync(path.join(folder, 'node_modules'));
  expect(await run('tools/local/start.ts', { NODE_ENV: 'production' })).toMatchObject({ out: 'runs\n' });
  expect(npmWasCalled()).toBe(false);
  expect(await run('tools/local/start.ts')).toMatchObject({ out: 'runs\n' });
  expect(npmWasCalled()).toBe(true);
});
