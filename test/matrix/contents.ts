/** The contents of the database, to compare and to restore. */
import type { TestEnvironment } from '../kit/testEnvironment.ts';

/** In the order in which rows can be restored. */
const TABLES = [
  'person',
  'onboarding',
  'terms_acceptance',
  'invitation',
  'temporary_password',
  'sms_code',
  'sms_factor',
  'security_notice',
  'app_factor',
  'profile',
  'message',
  'reset_link',
  'password_request',
  'outbox',
  'event',
];
const ASIDE = ['session', 'attempt'];

/** What is compared of each table. Counters may change; of a session only its proofs are compared. */
const COMPARED: Record<string, string> = {
  sms_code: `to_jsonb(t) - 'tries'`,
  session: `jsonb_build_array(person_id, reset_id, link_at is null, password_at is null, factor_at is null)`,
};

export type Contents = Map<string, string>;

/** Bob's rows are compared separately from Anna's. */
export async function contents({ db }: TestEnvironment, bobId: string): Promise<Contents> {
  const ofBob = `row::text like '%${bobId}%'`;
  const sorted = (where: string) => `(jsonb_agg(row order by row::text) filter (where ${where}))::text`;
  const compared = [...TABLES, 'session'].map(
    (table) => `select '${table}' as name, ${sorted(`not ${ofBob}`)} as rows, ${sorted(ofBob)} as of_bob
      from (select ${COMPARED[table] ?? 'to_jsonb(t)'} as row from ${table} t) as ${table}_rows`,
  );
  const aside = ['sms_code', ...ASIDE].map(
    (table) => `select '(${table})', jsonb_agg(to_jsonb(t) order by t::text)::text, null from ${table} t`,
  );
  const { rows } = await db.sql.raw<Record<'name' | 'rows' | 'ofBob', string>>(
    [...compared, ...aside].join(' union all '),
  );
  return new Map(
    rows.flatMap(({ name, rows, ofBob }): [string, string][] => [
      [name, rows],
      [`${name}-of-Bob`, ofBob],
    ]),
  );
}

/** Changes with every transaction that writes or locks; while it does not, there is nothing to compare. */
export async function lastWrite({ db }: TestEnvironment): Promise<string> {
  const { rows } = await db.sql.raw<{ xid: string }>(
    'select pg_snapshot_xmax(pg_current_snapshot())::text as xid',
  );
  return rows[0]!.xid;
}

/** The names of what differs. Names in brackets may change. */
export const differences = (before: Contents, after: Contents): string[] =>
  [...after.keys()].filter((name) => after.get(name) !== before.get(name)).sort();

/** The writable columns of each table, comma-separated; the database generates the others. */
async function writable({ sql }: TestEnvironment['db']): Promise<Map<string, string>> {
  const { rows } = await sql.raw<Record<'name' | 'columns', string>>(
    `select table_name as name, string_agg(column_name, ', ') as columns from information_schema.columns
    where table_schema = 'public' and is_generated = 'NEVER' group by table_name`,
  );
  return new Map(rows.map(({ name, columns }) => [name, columns]));
}

/** Saves everything; the returned function restores it. */
export async function keep({ db }: TestEnvironment): Promise<() => Promise<void>> {
  const tables = [...TABLES, ...ASIDE];
  const all = tables.map((table) => `(select jsonb_agg(to_jsonb(t))::text from ${table} t) as ${table}`);
  const { rows: found } = await db.sql.raw<Record<string, string | null>>(`select ${all.join(', ')}`);
  const kept = Object.values(found[0]!);
  const columns = await writable(db);
  const back = tables.map(
    (table, i) =>
      `insert into ${table} (${columns.get(table)}) select ${columns.get(table)} from jsonb_populate_recordset(null::${table}, '${(kept[i] ?? '[]').replaceAll("'", "''").replaceAll('?', '\\?')}')`,
  );
  const statements = ['person', 'password_request', 'outbox', 'event', 'attempt'].map(
    (table) => `delete from ${table}`,
  );
  return async () => {
    await db.sql.raw([...statements, ...back].join(';'));
  };
}
