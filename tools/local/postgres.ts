/** The embedded PostgreSQL: on loopback, with a password, its data kept in a folder or discarded. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Part, type Supervision, startPart } from './childProcesses.ts';
import { removeWithUs } from './endWithUs.ts';
import { anyFreePort } from './ports.ts';
import { type Place, postgresPlace } from './postgresPlace.ts';
import { makeDatabase } from './postgresRoles.ts';
import { end, note } from './processes.ts';

const run = promisify(execFile);

const CONNECT_WITHIN_MS = 2_000;
const OLD_ONE_STOPS_WITHIN_MS = 10_000;
const USER = 'instap';
const DATABASE = 'instap';

export type Postgres = Part & {
  /** A superuser's address of the database `instap`; `asRole` derives those of the other roles. */
  url: string;
};

export type PostgresOptions = {
  /** Where data is kept between starts. Without it: a temporary folder that `stop` removes. */
  folder?: string;
  /** Default: a free one. */
  port?: number;
  /**
   * False: commits do not wait for the disk. For tests only, because a crash of the machine may lose or corrupt data.
   */
  durable?: boolean;
  logFile?: string;
  /** Server settings by name. */
  settings?: Record<string, string>;
};

/**
 * Resolves when the database `instap` can be used. Stops a server that an earlier start left running on the same data.
 * Throws with the reason in words.
 */
export async function startPostgres(
  { folder, port, durable = true, logFile, settings = {} }: PostgresOptions = {},
  supervision: Supervision = { restart: false },
): Promise<Postgres> {
  const temporary = folder === undefined ? mkdtempSync(path.join(tmpdir(), 'instap-postgres-')) : undefined;
  const place = postgresPlace(temporary ?? folder!);
  if (temporary) for (const ours of [place.home, temporary]) removeWithUs(ours);
  const data = path.join(place.home, 'cluster');
  await stopOldOne(data);
  if (!existsSync(data)) await initialise(place, data);

  const listening = port ?? (await anyFreePort());
  const password = readFileSync(path.join(place.home, 'password'), 'utf8');
  const address = (database: string) => `postgres://${USER}:${password}@127.0.0.1:${listening}/${database}`;
  const { programs, uid, gid } = place;
  const part = startPart(
    {
      name: 'PostgreSQL',
      command: path.join(programs, 'postgres'),
      args: ['-D', data, ...argumentsOf({ ...standardSettings({ port: listening, durable }), ...settings })],
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
      uid,
      gid,
      ready: { probe: () => answers(address('postgres')) },
      // Fast shutdown: rolls open transactions back and waits for nobody.
      stopSignal: 'SIGINT',
      // Processes of a killed server may hold its memory for a moment.
      firstTries: 4,
      logFile,
      worthTelling: (line) => /\bPANIC:.*/.exec(line)?.[0],
    },
    supervision,
  );
  await part.ready;
  await makeDatabase(address, DATABASE);
  return {
    ...part,
    url: address(DATABASE),
    async stop() {
      await part.stop();
      if (!temporary) return;
      rmSync(place.home, { recursive: true, force: true });
      rmSync(temporary, { recursive: true, force: true });
    },
  };
}

function standardSettings({ port, durable }: { port: number; durable: boolean }) {
  return {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Statements in the log would contain data.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
}

const argumentsOf = (settings: Record<string, string | number>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** Creates the cluster under another name and renames it, so that an aborted start leaves nothing half done. */
async function initialise({ programs, home, uid, gid }: Place, data: string): Promise<void> {
  const half = `${data}.new`;
  const passwordFile = path.join(home, 'password');
  rmSync(half, { recursive: true, force: true });
  writeFileSync(passwordFile, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (uid !== undefined && gid !== undefined) chownSync(passwordFile, uid, gid);
  await run(
    path.join(programs, 'initdb'),
    [
      ...['--pgdata', half, '--username', USER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
      // The server's own collation: the same order on every machine, whatever locales it has.
      ...[
        '--encoding',
        'UTF8',
        '--locale',
        'C',
        '--locale-provider',
        'builtin',
        '--builtin-locale',
        'C.UTF-8',
      ],
    ],
    { uid, gid, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } },
  );
  renameSync(half, data);
}

/** Ends the server of a killed start, if it still runs on this data. */
async function stopOldOne(data: string): Promise<void> {
  const file = path.join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  if (pid > 1 && (await worksOn(pid, data))) await end(note(pid), 'SIGINT', OLD_ONE_STOPS_WITHIN_MS);
}

async function worksOn(pid: number, data: string): Promise<boolean> {
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
    return (await run('ps', ['-o', 'args=', '-p', String(pid)])).stdout.includes(data);
  } catch {
    return false;
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
