/** Roles added later, to data of a version that had one role for everything, or none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, type TestContext } from 'vitest';
import { connect, type Db, disconnect, migrate } from '../../db/connect.ts';
import { ROLES } from '../../db/rights.ts';
import { startPostgres } from './postgres.ts';
import { asRole } from './postgresRoles.ts';

const NAMES = ['instap_migrate', ...Object.values(ROLES)].join(', ');

async function start(folder: string, { onTestFinished }: TestContext) {
  const postgres = await startPostgres({ folder, durable: false });
  onTestFinished(postgres.stop);
  return postgres;
}

async function using<T>(url: string, work: (db: Db) => Promise<T>): Promise<T> {
  const db = connect({ url, secretKeys: [{ id: 'k1', key: Buffer.alloc(32) }], pool: 3 });
  return work(db).finally(() => disconnect(db));
}

it('one role does everything where there is no other; `npm start` makes them on its data, with their rights', async (test) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'instap-roles-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const older = await start(folder, test);
  await using(older.url, async (db) => {
    const { rows } = await db.sql.raw<{ name: string }>('select current_user as name');
    await db.sql.raw(
      `alter database instap owner to ${rows[0]!.name}; drop owned by ${NAMES}; drop role ${NAMES}`,
    );
    expect((await migrate(db)).length).toBeGreaterThan(0);
    await db.sql('client').insert({ id: '00000000-0000-7000-8000-000000000001', name: 'Gemeente' });
  });
  await older.stop();

  const { url } = await start(folder, test);
  const owner = asRole(url, 'migrate');
  expect(await using(owner, migrate)).toEqual([]);
  const seen = await using(asRole(url, 'web'), (db) => db.sql('client').select('name'));
  expect(seen).toEqual([{ name: 'Gemeente' }]);
  await using(owner, async ({ sql }) => {
    const { rows } = await sql.raw(
      `select tableowner as owner from pg_tables where schemaname = 'public' group by 1
      union select rolname from pg_roles where rolsuper and rolname like 'instap\\_%'`,
    );
    expect(rows).toEqual([{ owner: 'instap_migrate' }]);
  });
});
