/** The whole service of a run: two webs behind one address, two workers, PostgreSQL, Temporal, and the stand-ins. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import { addClient, addKey } from '../../db/clients.ts';
import { connect, type Db, disconnect, migrate } from '../../db/connect.ts';
import { readConfig } from '../../processes/config.ts';
import { WORKFLOWS } from '../../processes/startWorker.ts';
import { startPostgres } from '../../tools/local/postgres.ts';
import { SAMPLE_CLIENT } from '../../tools/local/sample.ts';
import { startTemporal } from '../../tools/local/temporal.ts';
import { findTemporal } from '../../tools/local/temporalCli.ts';
import { openPhone } from '../../tools/tryout/phone.ts';
import { type ChildProcesses, createChildProcesses, type ProcessListener } from './childProcesses.ts';
import type { Choices } from './choices.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { type Environment, environmentOf } from './environment.ts';
import type { FaultList } from './faultList.ts';
import { openFront } from './front.ts';
import { logOutbox } from './outboxLog.ts';
import { type Infrastructure, startWeb, startWorker } from './programs.ts';
import { logVoided } from './voidedLog.ts';

export type System = {
  /** The service's address for people and senders. */
  url: string;
  apiKey: string;
  /** Direct access to database and Temporal, for the checks at the end. */
  db: Db;
  engine: Client;
  bundlePath: string;
  deliveries: Deliveries;
  childProcesses: ChildProcesses;
  /** The folder of all processes' logs. */
  folder: string;
  /** Where web and workers serve their metrics. */
  metrics: string[];
  /** The value of `SECRET_KEYS`. */
  secretKey: string;
};

export type SystemWish = {
  faults: FaultList;
  choices: Choices;
  remindAfter: string;
  listener: ProcessListener;
  /** The workflows' code when it was bundled before. */
  bundlePath?: string;
  /** Everything started adds a function that stops it, to be called last first, even when this rejects. */
  stops: (() => unknown)[];
};

export async function openSystem(wish: SystemWish): Promise<System> {
  const { faults, choices, remindAfter, stops } = wish;
  const folder = mkdtempSync(path.join(tmpdir(), 'instap-faults-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  const childProcesses = createChildProcesses(wish.listener, stops);
  const [{ databaseUrl, temporalAddress }, bundlePath] = await Promise.all([
    startServers(childProcesses, folder),
    wish.bundlePath ?? bundle(folder),
  ]);
  const front = await openFront(faults);
  const phone = openPhone(path.join(folder, 'sms.jsonl'));
  stops.push(front.close, phone.close);
  const url = `http://localhost:${front.port}`;
  const env = environmentOf({ publicUrl: url, databaseUrl, temporalAddress, bundlePath, remindAfter, phone });
  const { db, apiKey } = await openDatabase(env, stops);
  const connection = await Connection.connect({ address: temporalAddress });
  stops.push(() => connection.close());
  const deliveries = createDeliveries();
  const infrastructure: Infrastructure = {
    childProcesses,
    faults,
    choices,
    env,
    deliveries,
    phone,
    folder,
    stops,
  };
  const [webs, ...workers] = await Promise.all([
    Promise.all([startWeb(infrastructure, 'web-1'), startWeb(infrastructure, 'web-2')]),
    startWorker(infrastructure, 'worker-1'),
    startWorker(infrastructure, 'worker-2'),
  ]);
  front.serve(webs);
  const metrics = [...workers, ...webs.map((web) => web.metrics)];
  const engine = new Client({ connection });
  const secretKey = env.SECRET_KEYS.split(':')[1]!;
  return { url, apiKey, db, engine, bundlePath, deliveries, childProcesses, folder, metrics, secretKey };
}

async function startServers(childProcesses: ChildProcesses, folder: string) {
  const found = await findTemporal((text) => console.error(text));
  if ('hint' in found) throw new Error(found.hint);
  const [postgres, temporal] = await Promise.all([
    // Commits wait for the disk; otherwise a kill would lose what was acknowledged.
    childProcesses.start({ name: 'postgres', kind: 'postgres' }, (watch) =>
      startPostgres({ durable: true, logFile: path.join(folder, 'postgres.log') }, watch),
    ),
    childProcesses.start({ name: 'temporal', kind: 'temporal' }, (watch) =>
      startTemporal(
        {
          cli: found.cli,
          dataFile: path.join(folder, 'temporal.db'),
          uiPort: false,
          logFile: path.join(folder, 'temporal.log'),
        },
        watch,
      ),
    ),
  ]);
  return { databaseUrl: postgres.url, temporalAddress: temporal.address };
}

async function openDatabase(
  env: Environment,
  stops: SystemWish['stops'],
): Promise<{ db: Db; apiKey: string }> {
  const read = readConfig(env);
  if ('errors' in read) throw new Error(read.errors.join('\n'));
  const db = connect({ url: env.DATABASE_URL, secretKeys: read.config.SECRET_KEYS });
  stops.push(() => disconnect(db));
  await migrate(db);
  await logOutbox(db);
  await logVoided(db);
  const { id: clientId } = await addClient(db, SAMPLE_CLIENT);
  return { db, apiKey: await addKey(db, { clientId, days: 1 }) };
}

async function bundle(folder: string): Promise<string> {
  const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, log() {} };
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger: silent });
  const file = path.join(folder, 'workflows.js');
  writeFileSync(file, code);
  return file;
}
