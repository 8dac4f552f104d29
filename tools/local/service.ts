/** Starts all parts of the service in order. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { connect, disconnect } from '../../db/connect.ts';
import type { Config } from '../../processes/config.ts';
import { openAuthenticator } from '../tryout/authenticator.ts';
import { openMailbox } from '../tryout/mailbox.ts';
import { openPhone } from '../tryout/phone.ts';
import { openTrial } from '../tryout/tryout.ts';
import { type PartSpec, type Supervision, startPart } from './childProcesses.ts';
import type { Ports } from './chosenPorts.ts';
import { kept, makeFolder, ROOT } from './folder.ts';
import { remember } from './lock.ts';
import { setOlderAside } from './olderHistories.ts';
import { startPostgres } from './postgres.ts';
import { asRole, type LocalRole } from './postgresRoles.ts';
import { sampleKey } from './sample.ts';
import { say, warning } from './screen.ts';
import { type Env, givenParts, givenSettings, keepEnv, paceOf, secretKeys } from './settings.ts';
import { startTemporal } from './temporal.ts';

const HEALTH_WITHIN_MS = 1_000;
const MIGRATE_WITHIN_MS = 10 * 60_000;

const run = promisify(execFile);

export type Up = {
  publicUrl: string;
  trialUrl: string;
  temporalUi?: string;
  /** The service's time zone, which decides when a day starts. */
  timeZone: string;
  mailbox: boolean;
  phone: boolean;
};

export type Wish = {
  ports: Ports;
  config: Config;
  /** The length of a day. */
  day?: string;
  /** From `findTemporal`; not needed with TEMPORAL_ADDRESS. */
  temporalCli?: string;
  /** Each started part adds a function that stops it, to be called last first. */
  stops: (() => Promise<void>)[];
  /** Resolves when the start is to be stopped: the worker may be waiting for a Temporal that never comes. */
  asksToStop: Promise<void>;
};

/** Resolves when everything is ready. Throws with the reason in words; `stops` then has what was started. */
export async function bringUp({ ports, config, day, temporalCli, stops, asksToStop }: Wish): Promise<Up> {
  const given = givenParts(process.env);
  const publicUrl = process.env.PUBLIC_URL ?? `http://localhost:${ports.PORT}`;
  const ours: Env = {
    PORT: String(ports.PORT),
    // Only this machine may reach a trial.
    HOST: process.env.HOST ?? '127.0.0.1',
    PUBLIC_URL: publicUrl,
    SECRET_KEYS: process.env.SECRET_KEYS ?? secretKeys(),
    // There is no proxy to wait for.
    DRAIN_WAIT: process.env.DRAIN_WAIT ?? '0',
    ...(day ? paceOf(day, config) : {}),
  };

  const mailbox = given.mail ? undefined : await openMailbox({ folder: kept('mail'), port: ports.SMTP_PORT });
  const phone = given.sms ? undefined : openPhone(kept('sms.jsonl'));
  const authenticator = openAuthenticator(kept('authenticator.json'));
  const trial = await openTrial(
    { mailbox, phone, authenticator, timeZone: config.TIME_ZONE },
    ports.TRIAL_PORT,
  );
  stops.push(trial.close);
  if (mailbox) {
    stops.push(mailbox.close);
    ours.SMTP_URL = mailbox.url;
  }
  if (phone)
    Object.assign(ours, {
      TWILIO_ACCOUNT_SID: phone.accountSid,
      TWILIO_AUTH_TOKEN: phone.authToken,
      TWILIO_FROM: '+31970000000',
      TWILIO_BASE_URL: trial.url,
    });

  const postgres = given.database ? undefined : bringUpPostgres(ports, stops);
  const temporal = temporalCli ? bringUpTemporal(temporalCli, ports) : undefined;
  // Both are awaited in any case, so that neither is left behind when the other fails.
  const [database, engine] = await Promise.allSettled([postgres, temporal]);
  if (engine.status === 'fulfilled' && engine.value) stops.push(engine.value.stop);
  if (database.status === 'rejected') throw database.reason;
  if (engine.status === 'rejected') throw engine.reason;
  if (engine.value) {
    ours.TEMPORAL_ADDRESS = engine.value.address;
    ours.TEMPORAL_NAMESPACE = 'default';
    if (engine.value.ui) ours.TEMPORAL_UI_URL = engine.value.ui;
  }

  const databaseFor = (role: LocalRole): Env =>
    database.value ? { DATABASE_URL: asRole(database.value.url, role) } : {};
  const envOf = (role: LocalRole) => ({ ...process.env, ...ours, ...databaseFor(role) });
  await migrate(envOf('migrate'));
  const apiKey = await makeSampleKey(envOf('cli').DATABASE_URL!, config);
  const nodes: PartSpec[] = [
    { ...nodePart('worker', 'processes/worker.ts', envOf('worker')), ready: { line: 'worker ready' } },
    { ...nodePart('web', 'processes/web.ts', envOf('web')), ready: { probe: () => isHealthy(ports.PORT) } },
  ];
  const serving = Promise.all(
    nodes.map(async (spec) => {
      const part = startPart(spec, supervise(spec.name));
      stops.push(part.stop);
      await part.ready;
      say(spec.name, 'ready');
    }),
  );
  await Promise.race([serving, asksToStop]);
  keepEnv({ ...givenSettings(process.env), ...ours, ...databaseFor('cli') });
  const seen = {
    mailbox: Boolean(mailbox),
    phone: Boolean(phone),
    temporalUi: engine.value?.ui,
    timeZone: config.TIME_ZONE,
  };
  trial.show({ ...seen, publicUrl, apiKey, day });
  return { ...seen, publicUrl, trialUrl: trial.url };
}

const supervise = (part: string): Supervision => ({
  restart: true,
  say: (text) => say(part, text),
  started: remember,
});

async function bringUpPostgres(ports: Ports, stops: Wish['stops']) {
  const options = {
    folder: kept('postgres'),
    port: ports.POSTGRES_PORT,
    logFile: kept('logs', 'postgres.log'),
  };
  const postgres = await startPostgres(options, supervise('PostgreSQL'));
  stops.push(postgres.stop);
  say('PostgreSQL', 'ready');
  return postgres;
}

async function bringUpTemporal(cli: string, ports: Ports) {
  const aside = setOlderAside(kept('temporal'), makeFolder);
  if (aside)
    say(
      'Temporal',
      `its data is from a version that this one cannot use: moved to ${aside}. All onboardings are restarted from the database, at the step where they were`,
    );
  const temporal = await startTemporal(
    {
      cli,
      dataFile: kept('temporal', 'state.db'),
      port: ports.TEMPORAL_PORT,
      uiPort: ports.TEMPORAL_UI_PORT,
      logFile: kept('logs', 'temporal.log'),
    },
    supervise('Temporal'),
  );
  say('Temporal', 'ready');
  return temporal;
}

const nodePart = (name: string, entry: string, env: NodeJS.ProcessEnv) => ({
  name,
  command: process.execPath,
  args: [path.join(ROOT, entry)],
  env,
  stopSignal: 'SIGTERM' as const,
  logFile: kept('logs', `${name}.log`),
  worthTelling: warning,
});

async function migrate(env: NodeJS.ProcessEnv): Promise<void> {
  try {
    const { stdout } = await run(process.execPath, [path.join(ROOT, 'processes/migrate.ts')], {
      env,
      timeout: MIGRATE_WITHIN_MS,
    });
    say('tables', stdout.trim());
  } catch (error) {
    throw new Error(`The tables could not be created:\n${(error as { stderr?: string }).stderr ?? error}`);
  }
}

async function makeSampleKey(url: string, config: Config): Promise<string> {
  const db = connect({ url, secretKeys: config.SECRET_KEYS });
  try {
    return await sampleKey(db, kept('api-key'));
  } finally {
    await disconnect(db);
  }
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`, {
      signal: AbortSignal.timeout(HEALTH_WITHIN_MS),
    });
    return response.ok;
  } catch {
    return false;
  }
}
