/**
 * A run of the tests leaves no process and no temporary folder, also when a test failed and when it is killed. For the
 * other signals see tools/local/endWithUs.test.ts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, type TestContext } from 'vitest';
import { endWithUs } from '../../tools/local/endWithUs.ts';
import { ROOT } from '../../tools/local/folder.ts';
import { isAlive, type Noted, note } from '../../tools/local/processes.ts';
import { compileCache } from '../kit/compileCache.ts';
import { eventually } from '../kit/eventually.ts';
import { OPEN } from './open.ts';

/** Of our own environment: where programs are found. */
const { PATH, HOME, TEMPORAL_CLI, INSTAP_CACHE, CHROME } = process.env;
const KEPT = { PATH, HOME, TEMPORAL_CLI, INSTAP_CACHE, CHROME };

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name, in parentheses, may hold spaces.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/** All processes that this one started, and those that they started. */
function startedBy(pid: number): Noted[] {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  return children.flatMap((child) => [note(Number(child)), ...startedBy(Number(child))]);
}

/** A run in which a test fails, and the next one is never done. */
async function run({ onTestFinished }: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'instap-leftovers-'));
  // PostgreSQL, which root starts as another user, passes through it.
  chmodSync(folder, 0o711);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/leftovers/vitest.config.ts'];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...KEPT, ...compileCache(), TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithUs(child.pid!, 'SIGKILL');
  const ended = once(child, 'exit');
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  await eventually(async () => said.includes(OPEN) || child.exitCode !== null || undefined);
  expect(said).toContain(OPEN);
  const started = startedBy(child.pid!);
  expect(started.length).toBeGreaterThan(5);
  return { child, ended, folder, started };
}

async function expectNothingLeft({ folder, started }: { folder: string; started: Noted[] }): Promise<void> {
  const left = () => [...started.filter(isAlive), ...readdirSync(folder)];
  await eventually(async () => left().length === 0 || undefined).catch(() => expect(left()).toEqual([]));
}

it.skipIf(process.platform !== 'linux')(
  'a run in which a test failed, and which was killed',
  async (test) => {
    const killed = await run(test);
    killed.child.kill('SIGKILL');
    await killed.ended;
    await expectNothingLeft(killed);
  },
);
