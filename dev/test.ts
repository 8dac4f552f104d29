/** `npm test`: types, lint and every test. The last line counts all of it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './folder.ts';

type Report = { numPassedTests: number; numFailedTests: number; success: boolean };

const run = (args: string[]) =>
  spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' }).status === 0;

const checked = run(['dev/check.ts']);

const folder = mkdtempSync(path.join(tmpdir(), 'instap-report-'));
const file = path.join(folder, 'report.json');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
run(['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...process.argv.slice(2)]);

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

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
