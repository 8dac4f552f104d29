/** How long `npm start` takes until everything is ready, in a copy of the product with its own data. */
import { spawn } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { argumentsOfScript, endWithUs, READY } from './product.ts';
import { makeFolder, type Stops } from './service.ts';

const NOT_COPIED = ['node_modules', '.git', '.instap'];
/** Environment variables that a start may inherit; none of another Instap's settings. */
const KEPT = ['PATH', 'HOME', 'TMPDIR', 'TEMPORAL_CLI', 'INSTAP_CACHE'];

/** In seconds, with everything cached; the first start, which creates the data, is not counted. */
export async function timeStart(product: string, stops: Stops): Promise<number> {
  const copy = makeFolder('instap-start-', stops);
  cpSync(product, copy, {
    recursive: true,
    filter: (file) => !NOT_COPIED.includes(path.relative(product, file)),
  });
  symlinkSync(path.join(product, 'node_modules'), path.join(copy, 'node_modules'));
  await startOnce(copy, stops);
  return startOnce(copy, stops);
}

/** Seconds until it served; it is stopped again then. */
async function startOnce(copy: string, stops: Stops): Promise<number> {
  const env = Object.fromEntries(KEPT.map((name) => [name, process.env[name]]));
  const begun = performance.now();
  const child = spawn(process.execPath, argumentsOfScript(copy, 'start')!, {
    cwd: copy,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  endWithUs(child.pid!, 'SIGINT');
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const stop = () => {
    child.kill('SIGINT');
    return ended;
  };
  stops.push(stop);
  await untilSaid(child.stdout, READY.start);
  const seconds = (performance.now() - begun) / 1000;
  await stop();
  return seconds;
}

function untilSaid(stdout: Readable, ready: string): Promise<void> {
  const lines = createInterface({ input: stdout });
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => line.startsWith(ready) && resolve());
    lines.on('close', () => reject(new Error('npm start ended before it was ready')));
  });
}
