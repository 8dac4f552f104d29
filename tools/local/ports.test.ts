/** The ports of several services on one machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyOfSources } from '../../test/kit/copyOfSources.ts';
import { begin, toItsEnd } from '../../test/kit/process.ts';
import { anyFreePort } from './ports.ts';

it('five starts in the same second choose five ports, though nobody listens yet', async (test) => {
  const wanted = await anyFreePort();
  const chosen = [1, 2, 3, 4, 5].map(async () => {
    const start = begin('test/kit/choosePort.ts', [String(wanted)], {});
    test.onTestFinished(() => void start.kill('SIGKILL'));
    const [port] = await once(createInterface({ input: start.stdout! }), 'line');
    return Number(port);
  });
  const ports = await Promise.all(chosen);
  expect(new Set(ports).size).toBe(5);
});

it('a port of a process that was killed can be chosen again', async () => {
  const wanted = await anyFreePort();
  for (let starts = 0; starts < 2; starts++) {
    const start = begin('test/kit/choosePort.ts', [String(wanted)], {});
    const [port] = await once(createInterface({ input: start.stdout! }), 'line');
    expect(Number(port)).toBe(wanted);
    start.kill('SIGKILL');
    await once(start, 'exit');
  }
});

it('a port where somebody listens is not chosen', async (test) => {
  const server = createServer().listen(0);
  await once(server, 'listening');
  test.onTestFinished(() => void server.close());
  const { port: taken } = server.address() as { port: number };
  const start = begin('test/kit/choosePort.ts', [String(taken)], {});
  test.onTestFinished(() => void start.kill('SIGKILL'));
  const [port] = await once(createInterface({ input: start.stdout! }), 'line');
  expect(Number(port)).toBeGreaterThan(taken);
});

describe('the ports of the last start', () => {
  let copy: string;
  beforeEach(() => {
    copy = copyOfSources();
  });
  afterEach(() => rmSync(copy, { recursive: true }));

  async function choose(env: Record<string, string> = {}) {
    const script = `import { makeFolder } from './tools/local/folder.ts';
      import { choosePorts } from './tools/local/chosenPorts.ts';
      makeFolder();
      console.log(JSON.stringify(await choosePorts(process.env)));`;
    const args = ['--input-type=module', '-e', script];
    const { out } = await toItsEnd(spawn(process.execPath, args, { cwd: copy, env }));
    return JSON.parse(out) as { ports: Record<string, number>; moved: string[] };
  }

  it('are taken again, so links in mails of before go on working; it says so when they cannot', async (test) => {
    const first = await choose({ PORT: String(await anyFreePort()) });
    const again = await choose();
    expect(again).toEqual({ ports: first.ports, moved: [] });
    const server = createServer().listen(first.ports.PORT);
    await once(server, 'listening');
    test.onTestFinished(() => void server.close());
    const { ports, moved } = await choose();
    expect(ports.PORT).not.toBe(first.ports.PORT);
    expect(moved.join()).toContain('links in mails from the last start will not work');
  });
});
