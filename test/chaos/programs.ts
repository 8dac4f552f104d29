/** Starts web and worker as processes, each with its own taps and stand-ins, so that it is known who did what. */
import path from 'node:path';
import { type PartSpec, startPart } from '../../tools/local/childProcesses.ts';
import { ROOT } from '../../tools/local/folder.ts';
import { anyFreePort } from '../../tools/local/ports.ts';
import type { Phone } from '../../tools/tryout/phone.ts';
import type { ChildProcesses } from './childProcesses.ts';
import type { Choices } from './choices.ts';
import type { Deliveries } from './deliveries.ts';
import { type Environment, withWrongClock } from './environment.ts';
import type { FaultList } from './faultList.ts';
import type { Web } from './front.ts';
import { openMailServer } from './mailServer.ts';
import { tapPostgres, tapTemporal } from './points.ts';
import { openSmsProvider } from './smsProvider.ts';
import { openTcpTap } from './tcpTap.ts';

/** A clock that is off by more than this is noticed. */
const SEEN_WRONG_MS = 30_000;

export type Infrastructure = {
  childProcesses: ChildProcesses;
  faults: FaultList;
  choices: Choices;
  env: Environment;
  deliveries: Deliveries;
  phone: Phone;
  /** Logs go here. */
  folder: string;
  stops: (() => unknown)[];
};

const metricsOn = (port: string) => `http://127.0.0.1:${port}/metrics`;

/** Returns the address of its metrics. */
export async function startWorker(infrastructure: Infrastructure, name: string): Promise<string> {
  const { childProcesses, faults, env, phone, stops } = infrastructure;
  const kill = () => childProcesses.kill(name);
  const works = (begunAt: number) => {
    childProcesses.worked(name, begunAt);
    childProcesses.worked('temporal', begunAt);
  };
  const station = { worker: name, faults, deliveries: noting(infrastructure.deliveries, works), kill };
  const mail = await openMailServer(station);
  const sms = await openSmsProvider(phone, station);
  const { port, host } = new URL(env.DATABASE_URL);
  const tap = await openTcpTap(Number(port), tapPostgres({ faults, kill, works }));
  stops.push(mail.close, sms.close, tap.close);
  const metricsPort = String(await anyFreePort());
  const own = {
    ...env,
    METRICS_PORT: metricsPort,
    SMTP_URL: mail.url,
    TWILIO_BASE_URL: sms.url,
    DATABASE_URL: env.DATABASE_URL.replace(host, `127.0.0.1:${tap.port}`),
  };
  await childProcesses.start({ name, kind: 'worker' }, (watch) =>
    startPart(
      program(infrastructure, { name, entry: 'processes/worker.ts', ready: 'worker ready', env: own }),
      watch,
    ),
  );
  return metricsOn(metricsPort);
}

/** The same list, which also reports that the sending worker works. */
const noting = (deliveries: Deliveries, works: (begunAt: number) => void): Deliveries => ({
  ...deliveries,
  addMail(mail) {
    deliveries.addMail(mail);
    works(mail.cameAt);
  },
  addText(text) {
    deliveries.addText(text);
    works(text.cameAt);
  },
});

export async function startWeb(infrastructure: Infrastructure, name: string): Promise<Web> {
  const { childProcesses, faults, env, stops } = infrastructure;
  const port = await anyFreePort();
  const kill = () => childProcesses.kill(name);
  const { listeners, withhold } = tapTemporal({ faults, kill });
  const tap = await openTcpTap(Number(env.TEMPORAL_ADDRESS.split(':')[1]), listeners);
  stops.push(tap.close);
  const metricsPort = String(await anyFreePort());
  const own = {
    ...env,
    PORT: String(port),
    METRICS_PORT: metricsPort,
    TEMPORAL_ADDRESS: `127.0.0.1:${tap.port}`,
  };
  await childProcesses.start({ name, kind: 'web' }, (watch) =>
    startPart(
      program(infrastructure, { name, entry: 'processes/web.ts', ready: 'web ready', env: own }),
      watch,
    ),
  );
  const answered = (begunAt: number) => {
    childProcesses.worked(name, begunAt);
    childProcesses.worked('postgres', begunAt);
  };
  return { port, metrics: metricsOn(metricsPort), kill, answered, withhold };
}

type Program = { name: string; entry: string; ready: string; env: Record<string, string> };

function program(
  { faults, choices, folder }: Infrastructure,
  { name, entry, ready, env }: Program,
): PartSpec {
  return {
    name,
    command: process.execPath,
    args: ['--import', path.join(ROOT, 'test/chaos/skewedClock.ts'), path.join(ROOT, entry)],
    env: withWrongClock(env, choices),
    ready: { line: ready },
    stopSignal: 'SIGTERM',
    logFile: path.join(folder, `${name}.log`),
    worthTelling: (line) => noteClock(line, faults),
  };
}

/** Our log lines carry the time of that process's clock. One line per start is checked. */
function noteClock(line: string, faults: FaultList): undefined {
  const time = /^\{"level":\d+,"time":(\d+).* ready"\}$/.exec(line)?.[1];
  if (time && Math.abs(Number(time) - Date.now()) > SEEN_WRONG_MS) faults.struck('clock-skew');
}
