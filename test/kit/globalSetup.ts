/**
 * Once a run: one PostgreSQL cluster with a migrated template, one Temporal server, one bundle of the workflows. Each
 * test file makes a database and a task queue of its own; see environment.ts.
 */
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleWorkflowCode, NativeConnection } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { connect, disconnect, migrate } from '../../db/connect.ts';
import { registerSearchAttributes } from '../../outbox/registerSearchAttributes.ts';
import { WORKFLOWS } from '../../processes/startWorker.ts';
import { removeWithUs } from '../../tools/local/endWithUs.ts';
import { startPostgres } from '../../tools/local/postgres.ts';
import { asRole } from '../../tools/local/postgresRoles.ts';
import { startTemporal } from '../../tools/local/temporal.ts';
import { findTemporal } from '../../tools/local/temporalCli.ts';

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string;
    temporalAddress: string;
    bundlePath: string;
  }
}

export const TEMPLATE = 'instap_template';

/** The engine deletes a closed run once its queues have passed it, which it notes every half minute unless told. */
const DELETES_SOON = {
  'history.transferProcessorUpdateAckInterval': '"1s"',
  'history.visibilityProcessorUpdateAckInterval': '"1s"',
};

/** Each file has task queues of its own, for a handful of workflows. */
const SMALL_QUEUES = {
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
};

async function temporal() {
  const found = await findTemporal((text) => console.log(text));
  if ('hint' in found) throw new Error(found.hint);
  return startTemporal({
    cli: found.cli,
    uiPort: false,
    dynamicConfig: { ...DELETES_SOON, ...SMALL_QUEUES },
  });
}

/** For everything temporary of this run, of its forks and of what they start: gone when the run is, however it ends. */
function openFolder(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'instap-tests-'));
  // PostgreSQL, which root starts as another user, passes through it.
  chmodSync(folder, 0o711);
  removeWithUs(folder);
  process.env.TMPDIR = folder;
  process.env.NODE_COMPILE_CACHE = path.join(folder, 'compiled');
}

async function bundle(): Promise<string> {
  const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, log() {} };
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger: silent });
  const file = path.join(tmpdir(), 'workflows.js');
  writeFileSync(file, code);
  return file;
}

export default async function setup(project: TestProject) {
  openFolder();
  const [postgres, engine, bundlePath] = await Promise.all([
    startPostgres({ durable: false }),
    temporal(),
    bundle(),
  ]);
  const db = connect({ url: postgres.url, secretKeys: [{ id: 'k1', key: Buffer.alloc(32) }] });
  await db.sql.raw(`create database ${TEMPLATE} owner instap_migrate`);
  await disconnect(db);
  const templateUrl = postgres.url.replace(/\/instap$/, `/${TEMPLATE}`);
  const template = connect({
    url: asRole(templateUrl, 'migrate'),
    secretKeys: [{ id: 'k1', key: Buffer.alloc(32) }],
  });
  await migrate(template);
  await disconnect(template);

  const connection = await NativeConnection.connect({ address: engine.address });
  await registerSearchAttributes(connection, 'default');
  await connection.close();

  project.provide('databaseUrl', postgres.url);
  project.provide('temporalAddress', engine.address);
  project.provide('bundlePath', bundlePath);

  return () => Promise.all([postgres.stop(), engine.stop()]);
}
