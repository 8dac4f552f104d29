/** `npm test`: types, lint and every test. The last line counts all of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { endWithUs, removeWithUs } from './local/endWithUs.ts';
import { ROOT } from './local/folder.ts';

type Report = { numPassedTests: number; numFailedTests: number; success: boolean };

const PARENT_WATCH_MS = 500;
/** Other processes per core; the tests themselves make about two. */
const BUSY_PER_CORE = 3;

// When npm and its shell are killed we get no signal, and nobody reads the outcome.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && process.exit(1), PARENT_WATCH_MS).unref();

async function run(args: string[]): Promise<boolean> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  if (child.pid) endWithUs(child.pid, 'SIGTERM');
  const [code] = await once(child, 'exit');
  return code === 0;
}

const checked = await run(['tools/check.ts']);

const folder = mkdtempSync(path.join(tmpdir(), 'instap-report-'));
removeWithUs(folder);
const file = path.join(folder, 'report.json');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
await run(['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...process.argv.slice(2)]);

let passed = checked ? 1 : 0;
let failed = checked ? 0 : 1;
try {
  const report: Report = JSON.parse(readFileSync(file, 'utf8'));
  passed += report.numPassedTests;
  // A file that could not be run at all has no failed test of its own.
  failed += report.success ? 0 : Math.max(report.numFailedTests, 1);
} catch {
  failed += 1;
}
rmSync(folder, { recursive: true });

const [load = 0] = loadavg();
const cores = availableParallelism();
if (failed && load > BUSY_PER_CORE * cores)
  console.log(
    `This machine was busy (load ${load.toFixed(1)} on ${cores} cores): waits that were too short say so above.`,
  );
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
