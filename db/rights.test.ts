/** What the roles may not do; that each can do its work is shown by every other test. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { asRole } from '../tools/local/postgresRoles.ts';
import { audit, purgeAudit } from './audit.ts';
import { connect, type Db, disconnect } from './connect.ts';
import { ROLES, type Role } from './rights.ts';

const REFUSED = { code: '42501' };
const ALL = Object.keys(ROLES) as Role[];

let testEnv: TestEnvironment;
let as: Record<Role, Db>;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
  const { DATABASE_URL: url, SECRET_KEYS: secretKeys } = testEnv.config;
  const connectAs = (role: Role) => connect({ url: asRole(url, role), secretKeys, pool: 1 });
  as = { web: connectAs('web'), worker: connectAs('worker'), cli: connectAs('cli') };
});
afterAll(async () => {
  await Promise.all(Object.values(as).map(disconnect));
  await testEnv.close();
});

it.each(ALL)('%s: no superuser, makes no roles, databases or tables, and owns nothing', async (role) => {
  const { rows } = await as[role].sql.raw(
    `select current_user as name, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication,
      (select count(*)::int from pg_class where relowner = pg_roles.oid) as owned
    from pg_roles where rolname = current_user`,
  );
  expect(rows).toEqual([
    {
      name: ROLES[role],
      rolsuper: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolbypassrls: false,
      rolreplication: false,
      owned: 0,
    },
  ]);
  await expect(as[role].sql.raw('create table of_mine (id int)')).rejects.toMatchObject(REFUSED);
});

describe('the audit', () => {
  it.each(ALL)('%s writes it, and changes, deletes and empties nothing of it', async (role) => {
    await audit(as[role], { event: 'test.written' });
    for (const statement of [
      `update audit set event = 'another'`,
      'delete from audit',
      'truncate audit',
      'drop table audit',
      'alter table audit disable trigger all',
    ])
      await expect(as[role].sql.raw(statement), statement).rejects.toMatchObject(REFUSED);
  });

  it.each(['web', 'cli'] as const)('%s cannot purge it', async (role) => {
    await expect(purgeAudit(as[role], 24)).rejects.toMatchObject(REFUSED);
  });

  describe('is purged by the worker', () => {
    const EVENT = 'test.old';
    /** The first moment from which an entry is kept, when so many months are kept. */
    const monthAgo = (months: number) =>
      testEnv.db.sql.raw(
        `date_trunc('month', now() at time zone 'UTC') at time zone 'UTC' - ? * interval '1 month'`,
        [months],
      );
    const kept = async () => (await testEnv.db.sql('audit').where({ event: EVENT })).length;

    beforeEach(async () => {
      await testEnv.db.sql('audit').where({ event: EVENT }).delete();
      for (const months of [0, 11, 12, 13])
        await testEnv.db.sql('audit').insert({ id: randomUUID(), event: EVENT, at: monthAgo(months) });
    });

    it('of whole months that are older than it asked for', async () => {
      expect(await purgeAudit(as.worker, 13)).toBe(0);
      expect(await purgeAudit(as.worker, 12)).toBe(1);
      expect(await kept()).toBe(3);
    });

    it.each([11, 1, 0, -600])('not of what is younger than 12 months: asked to keep %i', async (months) => {
      await expect(purgeAudit(as.worker, months)).rejects.toMatchObject({ code: '22023' });
      expect(await kept()).toBe(4);
    });

    it('not by another table or function in its place', async () => {
      await as.worker.sql.raw(`set search_path = pg_temp, public`);
      await expect(as.worker.sql.raw('create temp table audit (at timestamptz)')).resolves.toBeDefined();
      expect(await purgeAudit(as.worker, 12)).toBe(1);
      await as.worker.sql.raw('drop table pg_temp.audit; reset search_path');
    });
  });
});

describe('nobody has more than it does', () => {
  it.each<[Role, string]>([
    ['web', 'select * from password_request'],
    ['web', 'select * from security_notice'],
    ['web', 'insert into api_key (id) values (gen_random_uuid())'],
    ['web', 'delete from onboarding'],
    ['web', 'delete from event'],
    ['worker', `update person set password_hash = ''`],
    ['worker', `update person set email = ''`],
    ['worker', 'select * from sms_factor'],
    ['worker', 'select * from app_factor'],
    ['worker', 'select * from profile'],
    ['worker', 'select * from api_key'],
    ['worker', 'update session set factor_at = now()'],
    ['cli', `update person set password_hash = ''`],
    ['cli', 'update message set person_id = person_id'],
    ['cli', 'select * from temporary_password'],
    ['cli', 'select * from session'],
    ['cli', 'select * from audit'],
    ['web', 'select * from audit_network_key'],
    ['worker', 'select * from audit_network_key'],
    ['cli', 'select * from audit_network_key'],
    ['worker', `select audit_network('', null)`],
  ])('%s: %s', async (role, statement) => {
    await expect(as[role].sql.raw(statement)).rejects.toMatchObject(REFUSED);
  });
});
