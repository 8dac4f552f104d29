/**
 * A whole Instap for one test file, on real parts: its own database, task queue, mail server and SMS stand-in, web on a
 * free port, a worker that can be stopped and started.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import Koa from 'koa';
import pino from 'pino';
import { inject } from 'vitest';
import { type RunningWorker, startWorker, workerSettings } from '../../activities/run.ts';
import { type Config, readConfig } from '../../config.ts';
import { addClient, addKey } from '../../db/clients.ts';
import { connect, type Db, disconnect } from '../../db/connect.ts';
import { type Mailbox, openMailbox } from '../../dev/mailbox.ts';
import { openPhone, type Phone } from '../../dev/phone.ts';
import { twilioApi } from '../../dev/twilioApi.ts';
import { type RunningWeb, startWeb } from '../../web/run.ts';
import { onboardingWorkflowId, type Status, status } from '../../workflows/messages.ts';
import { TEMPLATE } from './global.ts';

/** Longest wait for something that the worker does, in milliseconds. */
export const SOON_MS = 15_000;

export type World = {
  db: Db;
  config: Config;
  /** Where web is. */
  url: string;
  mailbox: Mailbox;
  phone: Phone;
  engine: Client;
  apiKey: string;
  clientId: string;
  /** Everything that web and worker logged. */
  logged: string[];
  startWorker(): Promise<void>;
  stopWorker(): Promise<void>;
  workflow(onboardingId: string): WorkflowHandle;
  status(onboardingId: string): Promise<Status>;
  close(): Promise<void>;
};

export type WorldOptions = {
  /** A worker runs from the beginning. */
  worker?: boolean;
  env?: Record<string, string>;
};

let runtimeInstalled = false;

async function freshDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const secretKeys = [{ id: 'k1', key: Buffer.alloc(32) }];
  const run = async (statement: string) => {
    const db = connect({ url: inject('databaseUrl'), secretKeys, pool: 1 });
    await db.sql.raw(statement).finally(() => disconnect(db));
  };
  await run(`create database ${name} template ${TEMPLATE}`);
  const url = inject('databaseUrl').replace(/\/instap$/, `/${name}`);
  return { url, drop: () => run(`drop database ${name} with (force)`) };
}

async function provider(phone: Phone): Promise<Server> {
  const router = new Router();
  twilioApi(router, phone);
  const app = new Koa().use(bodyParser()).use(router.routes());
  const server = createServer(app.callback());
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

export async function createWorld({ worker = true, env = {} }: WorldOptions = {}): Promise<World> {
  const folder = mkdtempSync(path.join(tmpdir(), 'instap-test-'));
  const database = await freshDatabase();
  const mailbox = await openMailbox({ folder: path.join(folder, 'mail') });
  const phone = openPhone(path.join(folder, 'sms.jsonl'));
  const twilio = await provider(phone);
  const logged: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => logged.push(line) });

  // The port must be known before web starts, because links carry it.
  const port = await freePort();
  const read = readConfig({
    PORT: String(port),
    HOST: '127.0.0.1',
    PUBLIC_URL: `http://localhost:${port}`,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_TASK_QUEUE: `test-${randomUUID()}`,
    SMTP_URL: mailbox.url,
    TWILIO_ACCOUNT_SID: phone.accountSid,
    TWILIO_AUTH_TOKEN: phone.authToken,
    TWILIO_FROM: '+15005550006',
    TWILIO_BASE_URL: `http://127.0.0.1:${(twilio.address() as AddressInfo).port}`,
    SECRET_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    RELAY_EVERY: '200ms',
    ...env,
  });
  if ('mistakes' in read) throw new Error(read.mistakes.join('\n'));
  const { config } = read;
  const db = connect({ url: config.DATABASE_URL, secretKeys: config.SECRET_KEYS });
  const client = await addClient(db, 'Gemeente Voorbeeld');
  const apiKey = await addKey(db, { clientId: client.id, days: 1 });
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  const engine = new Client({ connection });
  const web: RunningWeb = await startWeb({ config, log });

  let running: RunningWorker | undefined;
  const world: World = {
    db,
    config,
    url: `http://localhost:${port}`,
    mailbox,
    phone,
    engine,
    apiKey,
    clientId: client.id,
    logged,
    async startWorker() {
      if (!runtimeInstalled) Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('WARN') });
      runtimeInstalled = true;
      const settings = workerSettings(config);
      if ('mistakes' in settings) throw new Error(settings.mistakes.join('\n'));
      running = await startWorker({ config, settings, log, bundle: { codePath: inject('bundlePath') } });
    },
    async stopWorker() {
      await running?.stop();
      running = undefined;
    },
    workflow: (onboardingId) => engine.workflow.getHandle(onboardingWorkflowId(onboardingId)),
    status: (onboardingId) => world.workflow(onboardingId).query(status),
    async close() {
      await web.stop();
      await world.stopWorker();
      await disconnect(db);
      await connection.close();
      await mailbox.close();
      await new Promise((closed) => twilio.close(closed));
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  if (worker) await world.startWorker();
  return world;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
