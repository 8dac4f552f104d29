/** A process that cannot start says why in words, without a password or a stack. */
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIGRATING, transaction } from '../db/connect.ts';
import { eventually } from '../test/kit/eventually.ts';
import { Participant } from '../test/kit/participant.ts';
import { begin, instap, toItsEnd } from '../test/kit/process.ts';
import { webProcess, workerEnv, workerProcess } from '../test/kit/serverProcess.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { anyFreePort } from '../tools/local/ports.ts';
import { asRole } from '../tools/local/postgresRoles.ts';

const PASSWORD = 'not-the-password';

let testEnv: TestEnvironment;
let taken: Server;
let emptyFolder: string;

beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
  emptyFolder = mkdtempSync(path.join(tmpdir(), 'instap-no-terms-'));
  taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  taken.close();
  rmSync(emptyFolder, { recursive: true });
  await testEnv.close();
});

/** The address of the test environment's database, changed. */
function database(change: (url: URL) => void): string {
  const url = new URL(testEnv.config.DATABASE_URL);
  change(url);
  return url.href;
}

const takenPort = () => String((taken.address() as AddressInfo).port);
const wrongPassword = () => database((url) => Object.assign(url, { password: PASSWORD }));
const noSuchDatabase = () => database((url) => Object.assign(url, { pathname: '/nowhere' }));
/** Every cluster has this database, and nobody migrated it. */
const noTables = () => database((url) => Object.assign(url, { pathname: '/postgres' }));
const away = () => database((url) => Object.assign(url, { port: '1', password: PASSWORD }));

const WEB = 'processes/web.ts';
const WORKER = 'processes/worker.ts';
const MIGRATE = 'processes/migrate.ts';

describe.concurrent('ends with a line that says how to fix it', () => {
  it.each([
    [WEB, 1, /^Instap cannot start: PORT \d+ is in use/, () => ({ PORT: takenPort() })],
    [WEB, 1, /METRICS_PORT \d+ is in use/, () => ({ METRICS_PORT: takenPort() })],
    [WEB, 78, /^ {2}TERMS_FOLDER: there is no .*\.md/m, () => ({ TERMS_FOLDER: emptyFolder })],
    [WEB, 78, /^ {2}TERMS_FOLDER: there is no .*\.md/m, () => ({ TERMS_FOLDER: '/no/such/folder' })],
    [WEB, 78, /^ {2}DATABASE_URL: .*password/m, () => ({ DATABASE_URL: wrongPassword() })],
    [WEB, 1, /npm run migrate first/, () => ({ DATABASE_URL: noTables() })],
    [WORKER, 1, /METRICS_PORT \d+ is in use/, () => ({ METRICS_PORT: takenPort() })],
    [WORKER, 78, /no secure connection to Temporal/, () => ({ TEMPORAL_TLS: 'true' })],
    [WORKER, 78, /^ {2}WORKFLOW_BUNDLE: .*ENOENT/m, () => ({ WORKFLOW_BUNDLE: '/no/such/file' })],
    [
      MIGRATE,
      78,
      /^ {2}DATABASE_URL: .*no database of this name/m,
      () => ({ DATABASE_URL: noSuchDatabase() }),
    ],
    [
      MIGRATE,
      1,
      /Waiting for it, at most 1 s\.\nInstap cannot start: the database does not answer/,
      () => ({ DATABASE_URL: away(), DATABASE_WAIT: '1s' }),
    ],
  ])('%s, exit code %i: %s', async (entry, code, words, env) => {
    const given = { ...workerEnv(testEnv), HOST: '127.0.0.1', PORT: '0', ...env() };
    const said = await toItsEnd(begin(entry, [], given));
    expect(said).toMatchObject({ code, err: expect.stringMatching(words) });
    expect(said.err + said.out).not.toContain(PASSWORD);
  });
});

it('a command of the command line, too', async () => {
  const said = await instap(testEnv, 'clients list', { DATABASE_URL: wrongPassword() });
  expect(said).toMatchObject({ code: 78, err: expect.stringMatching(/^ {2}DATABASE_URL: .*password/m) });
  expect(said.err).not.toContain(PASSWORD);
});

describe('the worker waits for an engine', () => {
  it('that is away: it says so, and works as soon as there is one', async (test) => {
    const port = await anyFreePort();
    const address = `127.0.0.1:${port}`;
    const worker = begin(WORKER, [], { ...workerEnv(testEnv), TEMPORAL_ADDRESS: address });
    test.onTestFinished(() => void worker.kill('SIGKILL'));
    let out = '';
    const says = (words: string) =>
      new Promise<void>((resolve) =>
        worker.stdout!.on('data', (text) => {
          out += text;
          if (out.includes(words)) resolve();
        }),
      );
    const ready = says('worker ready');
    await says(`Temporal does not answer at ${address}`);
    const engine = new URL(`tcp://${testEnv.config.temporal.connectionOptions.address}`);
    const way = createServer((socket) => {
      const on = connect(Number(engine.port), engine.hostname);
      for (const end of [socket, on]) end.on('error', () => undefined);
      socket.pipe(on).pipe(socket);
    });
    way.listen(port, '127.0.0.1');
    test.onTestFinished(() => void way.close());
    await ready;
  });

  it('that has no such namespace: it says so, and ends when it is told to', async (test) => {
    const worker = await workerProcess(
      test,
      testEnv,
      { TEMPORAL_NAMESPACE: 'later' },
      'no namespace \\"later\\"',
    );
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('the tables', () => {
  it('are made by three processes at once, on an empty database', async () => {
    const name = `empty_${process.pid}`;
    await testEnv.db.sql.raw(`create database ${name} owner instap_migrate`);
    const url = database((there) => Object.assign(there, { pathname: name }));
    const env = { ...workerEnv(testEnv), DATABASE_URL: asRole(url, 'migrate') };
    const said = await Promise.all([1, 2, 3].map(() => toItsEnd(begin(MIGRATE, [], env))));
    expect(said.map(({ code, err }) => ({ code, err }))).toEqual(Array(3).fill({ code: 0, err: '' }));
    expect(said.filter(({ out }) => out.startsWith('migrated: 0001_'))).toHaveLength(1);
    expect(said.filter(({ out }) => out === 'the tables are up to date\n')).toHaveLength(2);
  });

  it('wait while another process changes them', async () => {
    const asking = async () =>
      (
        await testEnv.db.sql.raw(
          `select pid from pg_stat_activity
          where datname = current_database() and query like 'select pg_try_advisory_lock(%'`,
        )
      ).rows;
    const { begun, ended } = await transaction(testEnv.db, async ({ sql }) => {
      await sql.raw('select pg_advisory_xact_lock(?)', [MIGRATING]);
      const url = asRole(testEnv.config.DATABASE_URL, 'migrate');
      const migrating = begin(MIGRATE, [], { ...workerEnv(testEnv), DATABASE_URL: url });
      const said = toItsEnd(migrating);
      await eventually(async () => (await asking()).length > 0 || undefined);
      return { begun: migrating.exitCode, ended: { said } };
    });
    expect(begun).toBeNull();
    expect(await ended.said).toMatchObject({ code: 0, out: 'the tables are up to date\n' });
  });

  it('are made as soon as a database that is starting answers', async (test) => {
    const port = await anyFreePort();
    const url = new URL(testEnv.config.DATABASE_URL);
    const late = database((there) => Object.assign(there, { port: String(port) }));
    const migrating = begin(MIGRATE, [], { ...workerEnv(testEnv), DATABASE_URL: late });
    const done = toItsEnd(migrating);
    await new Promise((said) => migrating.stderr!.once('data', said));
    const way = createServer((socket) => {
      const on = connect(Number(url.port), url.hostname);
      for (const end of [socket, on]) end.on('error', () => undefined);
      socket.pipe(on).pipe(socket);
    });
    way.listen(port, '127.0.0.1');
    test.onTestFinished(() => void way.close());
    expect(await done).toMatchObject({
      code: 0,
      out: 'the tables are up to date\n',
      err: expect.stringMatching(/^the database does not answer.*Waiting for it, at most 30 s\.\n$/),
    });
  });
});

it('web keeps a password at the cost that docs/security.md names', async (test) => {
  const { url } = await webProcess(test, testEnv);
  const anna = await new Participant({ ...testEnv, url }).to('sms');
  const { passwordHash } = (await testEnv.db.sql('person').where({ id: anna.personId }).first())!;
  expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,p=1,t=2\$/);
});
