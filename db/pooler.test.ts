/** A pooler between Instap and PostgreSQL: it may refuse startup parameters, and switch connections. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../test/kit/eventually.ts';
import { OWN_PASSWORD } from '../test/kit/pages.ts';
import { Participant } from '../test/kit/participant.ts';
import { sendMessage } from '../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { anyFreePort } from '../tools/local/ports.ts';
import { counterLimits } from '../web/middleware/limits.ts';
import { createAttempts } from './attempts.ts';
import { connect, type Db, disconnect, transaction } from './connect.ts';
import { databaseFailure } from './databaseFailure.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

/** What one connection has by itself, after a statement and a transaction: limits of time, and statements that it keeps. */
async function begun(url: string) {
  const db = connect({ url, secretKeys: testEnv.config.SECRET_KEYS, pool: 1 });
  await createAttempts(db, counterLimits(testEnv.config), () => {}).count('help', 'somebody');
  const limit = (sql: Db['sql'], name: string) =>
    sql
      .raw<{ value: string }>(`select current_setting('${name}') as value`)
      .then(({ rows }) => rows[0]!.value);
  const found = {
    statement: await limit(db.sql, 'statement_timeout'),
    lock: await transaction(db, ({ sql }) => limit(sql, 'lock_timeout')),
    kept: (await db.sql.raw('select * from pg_prepared_statements')).rows.length,
  };
  await disconnect(db);
  return found;
}

/**
 * What stands between us and the database and gives connections a process id of its own, as poolers do: everything else
 * goes through as it is.
 */
async function startRenaming(target: URL): Promise<{ url: string; stop: () => void }> {
  const server = createServer((client) => {
    const upstream = createConnection(Number(target.port), target.hostname);
    upstream.on('data', (data) => {
      const at = data.indexOf(BACKEND_KEY);
      if (at >= 0) data.writeUInt32BE(1, at + BACKEND_KEY.length);
      client.write(data);
    });
    client.pipe(upstream);
    for (const one of [client, upstream])
      one.on('error', () => undefined).on('close', () => upstream.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return { url: url.href, stop: () => server.close() };
}
/** The beginning of the message BackendKeyData: its type and length, before the process id. */
const BACKEND_KEY = Buffer.from([0x4b, 0, 0, 0, 12]);

it('a connection is begun without parameters, and keeps statements, so that each is planned once', async () => {
  const found = await begun(testEnv.config.DATABASE_URL);
  expect(found).toMatchObject({ statement: '10s', lock: '8s' });
  expect(found.kept).toBeGreaterThan(0);
});

it('behind a pooler it keeps none, and each transaction says itself how long it waits for locks', async () => {
  const { url, stop } = await startRenaming(new URL(testEnv.config.DATABASE_URL));
  expect(await begun(url)).toEqual({ statement: '10s', lock: '8s', kept: 0 });
  stop();
});

it('a migration that changes a table under a running process costs one answer, and then all is kept anew', async () => {
  const { DATABASE_URL: url, SECRET_KEYS: secretKeys } = testEnv.config;
  const db = connect({ url, secretKeys, pool: 1 });
  const { sql } = testEnv.db;
  await sql.raw('create table if not exists changing (one integer)');
  const read = () => db.sql.raw('select * from changing where one = ?', [1]);
  await read();
  await sql.raw('alter table changing add column two integer');
  const trouble = await read().catch(databaseFailure);
  expect(trouble).toMatchObject({ kind: 'busy' });
  expect((await read()).rows).toEqual([]);
  await sql.raw('drop table changing');
  await disconnect(db);
});

const BOUNCER = 'pgbouncer';
const isInstalled = spawnSync(BOUNCER, ['--version']).status === 0;

async function answers(url: string): Promise<true | undefined> {
  const db = connect({ url, secretKeys: testEnv.config.SECRET_KEYS, pool: 1 });
  return db.sql
    .raw('select 1')
    .then(
      () => true as const,
      () => undefined,
    )
    .finally(() => disconnect(db));
}

/** PgBouncer with its defaults except for the mode, in front of the test environment's database. */
async function startBouncer(mode: string): Promise<{ url: string; stop: () => void }> {
  const target = new URL(testEnv.config.DATABASE_URL);
  const port = await anyFreePort();
  const folder = mkdtempSync(path.join(tmpdir(), 'instap-bouncer-'));
  chmodSync(folder, 0o755);
  const file = path.join(folder, 'pgbouncer.ini');
  const name = target.pathname.slice(1);
  writeFileSync(
    file,
    `[databases]
${name} = host=${target.hostname} port=${target.port} user=${target.username} password=${target.password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
${process.getuid?.() === 0 ? 'user = nobody' : ''}
`,
  );
  const bouncer: ChildProcess = spawn(BOUNCER, ['--quiet', file], { stdio: 'ignore' });
  const url = `postgres://instap@127.0.0.1:${port}/${name}`;
  const stop = () => {
    bouncer.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually(() => answers(url));
  } catch (error) {
    stop();
    throw error;
  }
  return { url, stop };
}

describe.skipIf(!isInstalled)('behind PgBouncer (skipped where it is not installed)', () => {
  it.each(['session', 'transaction'])(
    '%s pooling: many equal posts at once are all answered',
    async (mode) => {
      const anna = await new Participant(testEnv).finished();
      const direct = testEnv.config.DATABASE_URL;
      const { url, stop } = await startBouncer(mode);
      try {
        await testEnv.restart({ DATABASE_URL: url });
        const ask = () =>
          new Participant(testEnv).post('/sign-in', { email: anna.email, password: OWN_PASSWORD });
        const answers = await Promise.all(Array.from({ length: 40 }, ask));
        expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]));
        const post = () => sendMessage(testEnv, { email: `${mode}@example.com`, key: `same-${mode}` });
        const sent = await Promise.all(Array.from({ length: 40 }, post));
        expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([202]));
        expect((await anna.ask('/readyz')).status).toBe(200);
      } finally {
        await testEnv.restart({ DATABASE_URL: direct });
        stop();
      }
    },
  );
});
