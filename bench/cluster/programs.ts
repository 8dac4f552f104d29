/** The programs of a Temporal server, built with Go once, in a few minutes. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '../product.ts';

const run = promisify(execFile);

const VERSION = '1.29.1';

/** `sql`: creates databases. `schema`: a folder for each. */
export type Programs = { server: string; sql: string; schema: string };

export async function findPrograms(): Promise<Programs> {
  const folder = path.join(cacheFolder(), `temporal-server-${VERSION}`);
  if (!existsSync(folder)) await build(folder);
  const inFolder = (name: string) => path.join(folder, name);
  return { server: inFolder('server'), sql: inFolder('sql'), schema: inFolder('schema') };
}

/** `folder` is complete or does not exist. */
async function build(folder: string): Promise<void> {
  console.error(`building Temporal ${VERSION} with Go, once, in some minutes …`);
  const half = `${folder}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  try {
    const go = (...args: string[]) => run('go', args, { env: { ...process.env, GOBIN: half } });
    await go('install', `go.temporal.io/server/cmd/server@v${VERSION}`);
    await go('install', `go.temporal.io/server/cmd/tools/sql@v${VERSION}`);
    const source = await go('mod', 'download', '-json', `go.temporal.io/server@v${VERSION}`);
    const schema = path.join(JSON.parse(source.stdout).Dir, 'schema/postgresql/v12');
    cpSync(schema, path.join(half, 'schema'), { recursive: true });
    renameSync(half, folder);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}
