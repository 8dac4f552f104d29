/** `npm start`: everything on this machine, from nothing to the addresses and to the end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { copyOfSources } from '../../test/kit/copyOfSources.ts';
import { endWithUs } from './endWithUs.ts';
import { isAlive, type Noted } from './processes.ts';

let copy: string;
beforeEach(() => {
  copy = copyOfSources();
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

it('starts everything, says where it is, and leaves nothing behind', async () => {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  const start = spawn(process.execPath, ['tools/local/start.ts', '--day=20s'], { cwd: copy, env });
  if (start.pid) endWithUs(start.pid, 'SIGTERM');
  const said: string[] = [];
  const ready = new Promise<void>((resolve) => {
    for (const stream of [start.stdout, start.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        if (line.startsWith('API key:')) resolve();
      });
  });
  const ended = once(start, 'exit');
  await Promise.race([ready, ended]);
  const text = said.join('\n');
  expect(text).toContain('A day lasts 20s.');
  const addresses = [...text.matchAll(/^ {2}[A-Z][\w ]+ (http:\S+)$/gm)].map(([, address]) => address!);
  expect(addresses).toHaveLength(5);
  for (const address of addresses) expect((await fetch(address)).status).toBe(200);
  expect(text).toMatch(/stuck +http/);

  const children: Noted[] = JSON.parse(readFileSync(`${copy}/.instap/children`, 'utf8'));
  expect(children.filter(isAlive).length).toBeGreaterThanOrEqual(4);
  start.kill('SIGINT');
  expect((await ended)[0]).toBe(0);
  expect(children.filter(isAlive)).toEqual([]);
});
