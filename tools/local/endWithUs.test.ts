/** N22: nothing outlives the process that started it, even when that is killed and cannot clean up. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../../test/kit/eventually.ts';
import { isAlive, note } from './processes.ts';

const OURS = path.join(import.meta.dirname, './endWithUs.ts');

/** Starts a process that ignores SIGTERM, prints its id, and lives on. */
const PARENT = `
  import { spawn } from 'node:child_process';
  import { mkdtempSync, writeFileSync } from 'node:fs';
  import { endWithUs, removeWithUs } from ${JSON.stringify(OURS)};
  const folder = mkdtempSync(${JSON.stringify(path.join(tmpdir(), 'instap-end-'))});
  writeFileSync(folder + '/one', 'is full');
  removeWithUs(folder);
  const code = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("lives")';
  const child = spawn(process.execPath, ['-e', code], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.once('data', () => {
    endWithUs(child.pid, 'SIGTERM');
    console.log(child.pid + ' ' + folder);
  });
`;

it.each<NodeJS.Signals>(['SIGKILL', 'SIGTERM', 'SIGINT'])(
  'a child and a folder are gone after their parent got %s',
  async (signal) => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = await once(parent.stdout, 'data');
    const [pid, folder] = String(said).trim().split(' ');
    const child = note(Number(pid));
    expect(isAlive(child)).toBe(true);
    expect(existsSync(folder!)).toBe(true);
    parent.kill(signal);
    await eventually(async () => (!isAlive(child) && !existsSync(folder!)) || undefined);
  },
);
