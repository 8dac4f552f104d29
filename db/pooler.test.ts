/** A pooler between Instap and PostgreSQL: it may refuse startup parameters, and switch connections. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
import { connect, disconnect } from './connect.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

it('a connection is begun without parameters and keeps no named statement', async () => {
  const { DATABASE_URL: url, SECRET_KEYS: secretKeys } = testEnv.config;
  const db = connect({ url, secretKeys, pool: 1 });
  await createAttempts(db, counterLimits(testEnv.config), () => {}).count('help', 'somebody');
  const limit = await db.sql.raw(`select setting, source from pg_settings where name = 'statement_timeout'`);
  expect(limit.rows).toEqual([{ setting: '10000', source: 'session' }]);
  expect((await db.sql.raw('select * from pg_prepared_statements')).rows).toEqual([]);
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
