/** `npm run check`: types, lint and format, and unused code. All three run, even when one fails. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ROOT } from './local/folder.ts';

const CHECKS = [
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'lint', command: ['biome', 'check'] },
  { name: 'unused', command: ['knip'] },
];

const failed = CHECKS.filter(({ name, command: [program = '', ...args] }) => {
  const begun = performance.now();
  const { status } = spawnSync(path.join(ROOT, 'node_modules/.bin', program), args, {
    cwd: ROOT,
    stdio: 'inherit',
  });
  console.log(`${name}: ${status === 0 ? 'passed' : 'failed'} (${Math.round(performance.now() - begun)} ms)`);
  return status !== 0;
});
process.exitCode = failed.length ? 1 : 0;
