/** `npm start`: everything on this machine, from an empty folder to the addresses and to the end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseEnv } from 'node:util';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { copyOfSources } from '../../test/kit/copyOfSources.ts';
import { endWithUs } from './endWithUs.ts';
import { isAlive, type Noted } from './processes.ts';

let copy: string;
beforeEach(() => {
  copy = copyOfSources();
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

/** The users connected to it; ourselves included, with the command line's credentials. */
async function usersOfDatabase(): Promise<string[]> {
  const { DATABASE_URL } = parseEnv(readFileSync(`${copy}/.instap/env`, 'utf8'));
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  const { rows } = await client.query(
    'select distinct usename as name from pg_stat_activity where datname = current_database() order by 1',
  );
  await client.end();
  return rows.map(({ name }) => name);
}

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
  const signIn = addresses.find((address) => address.endsWith('/sign-in'))!;
  expect((await fetch(new URL('/readyz', signIn))).status).toBe(200);
  expect(await usersOfDatabase()).toEqual(['instap_cli', 'instap_web', 'instap_worker']);

  const children: Noted[] = JSON.parse(readFileSync(`${copy}/.instap/children`, 'utf8'));
  expect(children.filter(isAlive).length).toBeGreaterThanOrEqual(4);
  start.kill('SIGINT');
  expect((await ended)[0]).toBe(0);
  expect(children.filter(isAlive)).toEqual([]);
});
