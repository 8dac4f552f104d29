/** The whole service for a run: PostgreSQL, Temporal, web and worker as separate processes, and the stand-ins. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode } from '@temporalio/worker';
import pg from 'pg';
import {
  anyFreePort,
  argumentsOfScript,
  findTemporal,
  programOf,
  READY,
  startPart,
  startPostgres,
  startTemporal,
} from './product.ts';
import { openStandIns, type StandIns } from './standIns.ts';

const run = promisify(execFile);

export const PARTS = ['web', 'worker', 'temporal', 'postgresql'] as const;
export type Part = (typeof PARTS)[number];

/** Functions that stop what was started, to be called last first. */
export type Stops = (() => unknown)[];

export type BenchService = {
  url: string;
  apiKey: string;
  database: pg.Client;
  engine: Client;
  standIns: StandIns;
  /** Of each part; Temporal on PostgreSQL has two. */
  pids: Record<Part, number[]>;
  /** Starts a program with the service's settings; returns its process id once it printed `ready`. */
  start(program: string, ready: string, settings?: Settings): Promise<number>;
  folder: string;
};

type Settings = Record<string, string>;

/** High enough for one machine, because everything comes from one client and one number range. */
const NO_LIMITS = Object.fromEntries(
  ['API_CALLS_PER_MINUTE', 'SMS_PER_PREFIX', 'SMS_PER_COUNTRY', 'MAILS_PER_SECOND', 'SMS_PER_SECOND'].map(
    (name) => [`LIMIT_${name}`, '100000'],
  ),
);
const CLIENT = 'Gemeente Voorbeeld';

/** Where Temporal is, and its processes. */
export type Engine = { address: string; pids: number[] };

/**
 * `product`: the folder of the Instap to measure. `openTemporal`: starts Temporal with its files in a folder. `stops`
 * is also filled when this rejects.
 */
export async function openService(
  product: string,
  stops: Stops,
  openTemporal = openDevServer,
): Promise<BenchService> {
  const folder = makeFolder('instap-bench-', stops);
  const postgres = await startPostgres({
    folder: path.join(folder, 'postgres'),
    settings: { shared_preload_libraries: 'pg_stat_statements' },
  });
  stops.push(postgres.stop);
  const temporal = await openTemporal(folder, stops);
  const standIns = await openStandIns();
  stops.push(standIns.close);

  const settings = await settingsFor({
    databaseUrl: postgres.url,
    temporalAddress: temporal.address,
    standIns,
  });
  const runScript = async (script: string, ...args: string[]) =>
    (await run(process.execPath, [programOf(product, script), ...args], { env: settings })).stdout.trim();
  await runScript('migrate');
  await runScript('instap', 'clients', 'add', CLIENT);
  const apiKey = await runScript('instap', 'keys', 'add', CLIENT);
  const bundle = argumentsOfScript(product, 'bundle') && path.join(folder, 'workflows.js');
  if (bundle) await runScript('bundle', bundle);

  const start: BenchService['start'] = (program, ready, more = {}) =>
    startProgram({ program, ready, env: { ...settings, ...more }, folder, stops });
  const [web, worker] = await Promise.all([
    start(programOf(product, 'web'), READY.web),
    start(programOf(product, 'worker'), READY.worker, bundle ? { WORKFLOW_BUNDLE: bundle } : {}),
  ]);
  return {
    url: settings.PUBLIC_URL!,
    apiKey,
    database: await openDatabase(postgres.url, stops),
    engine: await openEngine(temporal.address, stops),
    standIns,
    pids: { web: [web], worker: [worker], temporal: temporal.pids, postgresql: [postgres.pid()!] },
    start,
    folder,
  };
}

/**
 * A temporary folder, removed at the end. The embedded PostgreSQL may run as another user, who must be able to enter
 * it.
 */
export function makeFolder(prefix: string, stops: Stops): string {
  const folder = mkdtempSync(path.join(tmpdir(), prefix));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o711);
  return folder;
}

async function openDevServer(folder: string, stops: Stops): Promise<Engine> {
  const found = await findTemporal((text) => console.error(text));
  if ('hint' in found) throw new Error(found.hint);
  const temporal = await startTemporal({
    cli: found.cli,
    dataFile: path.join(folder, 'temporal.db'),
    uiPort: false,
  });
  stops.push(temporal.stop);
  return { address: temporal.address, pids: [temporal.pid()!] };
}

async function settingsFor(given: {
  databaseUrl: string;
  temporalAddress: string;
  standIns: StandIns;
}): Promise<Settings> {
  const port = await anyFreePort();
  return {
    PATH: process.env.PATH ?? '',
    NODE_ENV: 'production',
    PORT: String(port),
    HOST: '127.0.0.1',
    PUBLIC_URL: `http://localhost:${port}`,
    TRUST_PROXY: '1',
    DATABASE_URL: given.databaseUrl,
    TEMPORAL_ADDRESS: given.temporalAddress,
    TEMPORAL_TASK_QUEUE: 'bench',
    SECRET_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    SMTP_URL: given.standIns.smtpUrl,
    TWILIO_ACCOUNT_SID: given.standIns.accountSid,
    TWILIO_AUTH_TOKEN: given.standIns.authToken,
    TWILIO_FROM: '+15005550006',
    TWILIO_BASE_URL: given.standIns.twilioUrl,
    ...NO_LIMITS,
  };
}

async function openDatabase(connectionString: string, stops: Stops): Promise<pg.Client> {
  const database = new pg.Client({ connectionString });
  await database.connect();
  stops.push(() => database.end());
  await database.query('create extension if not exists pg_stat_statements');
  return database;
}

async function openEngine(address: string, stops: Stops): Promise<Client> {
  const connection = await Connection.connect({ address });
  stops.push(() => connection.close());
  return new Client({ connection });
}

async function startProgram(given: {
  program: string;
  ready: string;
  env: Settings;
  folder: string;
  stops: Stops;
}): Promise<number> {
  const { program, ready, env, folder, stops } = given;
  const name = path.basename(program, '.ts');
  const part = startPart(
    {
      name,
      command: process.execPath,
      args: [program],
      env,
      ready: { line: ready },
      stopSignal: 'SIGTERM',
      logFile: path.join(folder, `${name}.log`),
    },
    { restart: false },
  );
  stops.push(part.stop);
  await part.ready;
  return part.pid()!;
}

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, log() {} };

/** Bundles workflows into a file of `folder`; returns its path. */
export async function bundleInto(folder: string, workflowsPath: string): Promise<string> {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: silent });
  const file = path.join(folder, `${path.basename(workflowsPath, '.ts')}-bundle.js`);
  writeFileSync(file, code);
  return file;
}
