/**
 * A real Temporal server with its own PostgreSQL, all services in one process: this is how a cluster works, while the
 * dev server uses SQLite and hands out tasks every 50 ms.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { anyFreePort, startPart, startPostgres } from '../product.ts';
import type { Engine, Stops } from '../service.ts';
import { clusterConfig } from './config.ts';
import { findPrograms, type Programs } from './programs.ts';

const run = promisify(execFile);

/** Each is a database, and a schema folder in the server's source. */
const STORES = { temporal: 'temporal', temporal_visibility: 'visibility' };
/** Instap's dev server has the same setting. */
const LIKE_DEV_SERVER = 'system.enableActivityEagerExecution: [{ value: true }]\n';
const CONNECT_WITHIN_MS = 1_000;
const NAMESPACE = 'default';
const RETENTION_MS = 24 * 60 * 60_000;
const LOOK_EVERY_MS = 200;

export async function openCluster(folder: string, stops: Stops): Promise<Engine> {
  const programs = await findPrograms();
  const postgres = await startPostgres({ folder: path.join(folder, 'temporal-postgres') });
  stops.push(postgres.stop);
  const database = new URL(postgres.url);
  for (const [name, schema] of Object.entries(STORES)) await makeStore(programs, { database, name, schema });
  const port = await anyFreePort();
  const dynamicConfig = path.join(folder, 'dynamic.yaml');
  writeFileSync(dynamicConfig, LIKE_DEV_SERVER);
  const address = `127.0.0.1:${port}`;
  writeFileSync(
    path.join(folder, 'development.yaml'),
    JSON.stringify(await clusterConfig({ database, port, dynamicConfig })),
  );
  const server = startPart(
    {
      name: 'Temporal',
      command: programs.server,
      args: ['--root', folder, '--config', '.', '--env', 'development', '--allow-no-auth', 'start'],
      ready: { probe: () => answers(address) },
      stopSignal: 'SIGTERM',
      logFile: path.join(folder, 'temporal.log'),
    },
    { restart: false },
  );
  stops.push(server.stop);
  await server.ready;
  await makeNamespace(address);
  return { address, pids: [server.pid()!, postgres.pid()!] };
}

async function makeStore(
  { sql, schema: schemas }: Programs,
  { database, name, schema }: { database: URL; name: string; schema: string },
): Promise<void> {
  const { hostname, port, username, password } = database;
  const where = ['--ep', hostname, '-p', port, '-u', username, '--pw', decodeURIComponent(password)];
  const tool = (...args: string[]) => run(sql, [...where, '--pl', 'postgres12_pgx', '--db', name, ...args]);
  await tool('create');
  await tool('setup-schema', '-v', '0.0');
  await tool('update-schema', '-d', path.join(schemas, schema, 'versioned'));
}

async function answers(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: CONNECT_WITHIN_MS });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

/** Resolves when it can be used, because the services notice it some seconds later. */
async function makeNamespace(address: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const { workflowService } = connection;
  try {
    await workflowService.registerNamespace({
      namespace: NAMESPACE,
      workflowExecutionRetentionPeriod: msToTs(RETENTION_MS),
    });
    const listed = () =>
      workflowService.listWorkflowExecutions({ namespace: NAMESPACE }).then(
        () => true,
        () => false,
      );
    while (!(await listed())) await sleep(LOOK_EVERY_MS);
  } finally {
    await connection.close();
  }
}
