/**
 * A whole Instap in this process, on a PostgreSQL and a Temporal that run already: web on a free port, a mail server
 * and an SMS stand-in of its own, a worker that can be stopped and started. Tests and the pictures stand on it.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import pino from 'pino';
import { addClient, addKey } from '../../db/clients.ts';
import { connect, type Db, disconnect } from '../../db/connect.ts';
import type { PasswordCost } from '../../db/secrets.ts';
import { type Config, readConfig } from '../../processes/config.ts';
import { type RunningWeb, startWeb } from '../../processes/startWeb.ts';
import { type RunningWorker, startWorker, workerSettings } from '../../processes/startWorker.ts';
import { anyFreePort } from '../../tools/local/ports.ts';
import { asRole } from '../../tools/local/postgresRoles.ts';
import { SAMPLE_CLIENT } from '../../tools/local/sample.ts';
import { type Mailbox, openMailbox } from '../../tools/tryout/mailbox.ts';
import { openPhone, type Phone } from '../../tools/tryout/phone.ts';
import { openTrial } from '../../tools/tryout/tryout.ts';
import { onboardingWorkflowId, type Status, status } from '../../workflows/signals.ts';
import { installQuietRuntime } from './quietRuntime.ts';

export type TestEnvironment = {
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
  /** Web, and the worker if it runs, stop and start again with other settings, as at a new release. */
  restart(env: Record<string, string>): Promise<void>;
  workflow(onboardingId: string): WorkflowHandle;
  status(onboardingId: string): Promise<Status>;
  close(): Promise<void>;
};

/** What a test environment stands on. */
export type Infrastructure = {
  /** A migrated database of its own, as the superuser of the embedded PostgreSQL. */
  databaseUrl: string;
  temporalAddress: string;
  /** The workflows' code when it was bundled before; else each start of a worker bundles it. */
  bundlePath?: string;
};

export type TestEnvironmentOptions = {
  /** A worker runs from the beginning. */
  worker?: boolean;
  env?: Record<string, string>;
  passwordCost?: PasswordCost;
};

/** As little as argon2 takes, where what is tested is not how hard a password is to guess. */
export const CHEAP_PASSWORDS: PasswordCost = { memoryCost: 1_024, timeCost: 2, parallelism: 1 };

export async function openTestEnvironment(
  { databaseUrl, temporalAddress, bundlePath }: Infrastructure,
  { worker = true, env = {}, passwordCost = CHEAP_PASSWORDS }: TestEnvironmentOptions = {},
): Promise<TestEnvironment> {
  const folder = mkdtempSync(path.join(tmpdir(), 'instap-test-'));
  const mailbox = await openMailbox({ folder: path.join(folder, 'mail') });
  const phone = openPhone(path.join(folder, 'sms.jsonl'));
  const provider = await openTrial({ phone });
  const logged: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => logged.push(line) });

  // The port must be known before web starts, because links carry it.
  const port = await anyFreePort();
  const settings = {
    PORT: String(port),
    HOST: '127.0.0.1',
    PUBLIC_URL: `http://localhost:${port}`,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_TASK_QUEUE: `testEnv-${randomUUID()}`,
    SMTP_URL: mailbox.url,
    TWILIO_ACCOUNT_SID: phone.accountSid,
    TWILIO_AUTH_TOKEN: phone.authToken,
    TWILIO_FROM: '+15005550006',
    TWILIO_BASE_URL: provider.url,
    SECRET_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    RELAY_EVERY: '200ms',
    DRAIN_WAIT: '0',
    // Many people of a test share a number or a range of numbers, and all of them an address of this machine.
    LIMIT_SMS_PER_NUMBER: '10000',
    LIMIT_SMS_PER_PREFIX: '10000',
    LIMIT_SMS_PER_NETWORK: '10000',
    LIMIT_SIGN_INS_PER_NETWORK: '10000',
    LIMIT_WRONG_FACTORS_PER_NETWORK: '10000',
    LIMIT_UNKNOWN_LINKS_PER_NETWORK: '10000',
    ...env,
  };
  const configured = (more: Record<string, string> = {}): Config => {
    const read = readConfig({ ...settings, ...more });
    if ('errors' in read) throw new Error(read.errors.join('\n'));
    return read.config;
  };
  const config = configured();
  const db = connect({ url: config.DATABASE_URL, secretKeys: config.SECRET_KEYS });
  const client = await addClient(db, SAMPLE_CLIENT);
  const apiKey = await addKey(db, { clientId: client.id, days: 1 });
  let connection = await Connection.connect({ address: temporalAddress });
  // As in production, each with the rights of its own role; the tests look at the tables as the superuser.
  const configOf = (role: 'web' | 'worker') => ({
    ...testEnv.config,
    DATABASE_URL: asRole(testEnv.config.DATABASE_URL, role),
  });

  let web: RunningWeb;
  let running: RunningWorker | undefined;
  const testEnv: TestEnvironment = {
    db,
    config,
    url: `http://localhost:${port}`,
    mailbox,
    phone,
    engine: new Client({ connection }),
    apiKey,
    clientId: client.id,
    logged,
    async startWorker() {
      installQuietRuntime();
      const now = configOf('worker');
      const needed = workerSettings(now);
      if ('errors' in needed) throw new Error(needed.errors.join('\n'));
      const bundle = bundlePath === undefined ? undefined : { codePath: bundlePath };
      running = await startWorker({ config: now, settings: needed, log, bundle });
    },
    async stopWorker() {
      await running?.stop();
      running = undefined;
    },
    async restart(more) {
      const worked = running !== undefined;
      await web.stop();
      await testEnv.stopWorker();
      await disconnect(testEnv.db);
      testEnv.config = configured(more);
      testEnv.db = connect({ url: testEnv.config.DATABASE_URL, secretKeys: testEnv.config.SECRET_KEYS });
      await connection.close();
      connection = await Connection.connect(testEnv.config.temporal.connectionOptions);
      testEnv.engine = new Client({ connection });
      web = await startWeb({ config: configOf('web'), log, passwordCost });
      if (worked) await testEnv.startWorker();
    },
    workflow: (onboardingId) => testEnv.engine.workflow.getHandle(onboardingWorkflowId(onboardingId)),
    status: (onboardingId) => testEnv.workflow(onboardingId).query(status),
    async close() {
      await web.stop();
      await testEnv.stopWorker();
      await disconnect(testEnv.db);
      await connection.close();
      await mailbox.close();
      await provider.close();
      phone.close();
      rmSync(folder, { recursive: true, force: true });
      expectNoRightMissing(logged);
    },
  };
  web = await startWeb({ config: configOf('web'), log, passwordCost });
  if (worker) await testEnv.startWorker();
  return testEnv;
}

/** What a role would have to do and may not (SQLSTATE 42501) is only logged where the worker does it by the way. */
function expectNoRightMissing(logged: string[]): void {
  const refused = logged.filter((line) => line.includes('PostgreSQL 42501'));
  if (refused.length > 0) throw new Error(`a role lacks a right (db/rights.ts):\n${refused.join('\n')}`);
}
