/**
 * The embedded PostgreSQL's database and its roles, as in docs/deploying.md: one that owns the tables, and one for
 * each kind of process. None is a superuser.
 */
import { createHmac } from 'node:crypto';
import pg from 'pg';
import { ROLES } from '../../db/rights.ts';

const CONNECT_WITHIN_MS = 2_000;
const NAMES = { migrate: 'instap_migrate', ...ROLES };
const OTHERS = Object.values(ROLES).join(', ');

export type LocalRole = keyof typeof NAMES;

/**
 * The address for this kind of process, from a superuser's of the same database. Its password is derived from the
 * superuser's without revealing it.
 */
export function asRole(superuserUrl: string, role: LocalRole): string {
  const url = new URL(superuserUrl);
  url.password = createHmac('sha256', url.password).update(NAMES[role]).digest('base64url');
  url.username = NAMES[role];
  return url.href;
}

/** Creates missing roles and the database, also for data of a version that had one role for everything. */
export async function makeDatabase(address: (database: string) => string, name: string): Promise<void> {
  const isOwned = await withClient(address('postgres'), async (client) => {
    await makeRoles(client, address(name));
    const { rows } = await client.query(
      'select pg_get_userbyid(datdba) as owner from pg_database where datname = $1',
      [name],
    );
    if (rows[0]) return rows[0].owner === NAMES.migrate;
    await client.query(`create database ${name} owner ${NAMES.migrate}`);
    await client.query(keepToRoles(name));
    return true;
  });
  if (!isOwned) await withClient(address(name), (client) => client.query(HAND_OVER + keepToRoles(name)));
}

async function makeRoles(client: pg.Client, superuserUrl: string): Promise<void> {
  const { rows } = await client.query('select rolname as name from pg_roles');
  const missing = (Object.keys(NAMES) as LocalRole[]).filter(
    (role) => !rows.some(({ name }) => name === NAMES[role]),
  );
  const create = (role: LocalRole) =>
    `create role ${NAMES[role]} login password '${new URL(asRole(superuserUrl, role)).password}'`;
  if (missing.length > 0) await client.query(missing.map(create).join(';'));
}

const keepToRoles = (name: string) =>
  `revoke all on database ${name} from public; grant connect on database ${name} to ${OTHERS}`;

/** Everything belonged to the superuser. Indexes and sequences follow their table. */
const HAND_OVER = `
  do $$ declare name text; begin
    for name in select oid::regclass from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' loop
      execute format('alter table %s owner to ${NAMES.migrate}', name);
    end loop;
    for name in select oid::regprocedure from pg_proc where pronamespace = 'public'::regnamespace loop
      execute format('alter function %s owner to ${NAMES.migrate}', name);
    end loop;
    execute format('alter database %I owner to ${NAMES.migrate}', current_database());
  end $$;`;

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
