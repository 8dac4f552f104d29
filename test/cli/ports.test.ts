/** The ports of several services on one machine. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { anyFreePort } from '../../dev/ports.ts';
import { begin } from '../setup/process.ts';

it('five starts in the same second choose five ports, though nobody listens yet', async (test) => {
  const wanted = await anyFreePort();
  const chosen = [1, 2, 3, 4, 5].map(async () => {
    const start = begin('test/setup/choosePort.ts', [String(wanted)], {});
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
    const start = begin('test/setup/choosePort.ts', [String(wanted)], {});
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
  const start = begin('test/setup/choosePort.ts', [String(taken)], {});
  test.onTestFinished(() => void start.kill('SIGKILL'));
  const [port] = await once(createInterface({ input: start.stdout! }), 'line');
  expect(Number(port)).toBeGreaterThan(taken);
});
