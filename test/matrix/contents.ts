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
/** What is not put back. */
const FORGOTTEN = ['passing_on', 'wrong_factor', 'send_try', 'idempotency_key'];

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

/**
 * From now on every row that is written is counted, in this database alone: others of the cluster are other tests'.
 * Attempts are counted apart, for nearly every post is one.
 */
export async function countWrites({ db }: TestEnvironment): Promise<void> {
  const counted = [...TABLES, ...ASIDE].map(
    (table) => `create trigger count_writes after insert or update or delete on ${table}
      for each row execute function count_writes('${table === 'attempt' ? 'attempts' : 'others'}');`,
  );
  await db.sql.raw(`create sequence attempts; create sequence others;
    create function count_writes() returns trigger language plpgsql security definer as
      $$ begin perform nextval(tg_argv[0]); return null; end $$;
    ${counted.join('\n')}`);
}

export type Writes = Record<'attempts' | 'others', string>;

/** While a count stands still there is nothing to compare, or to put back. */
export async function writes({ db }: TestEnvironment): Promise<Writes> {
  const { rows } = await db.sql.raw<Writes>(
    'select attempts.last_value as attempts, others.last_value as others from attempts, others',
  );
  return rows[0]!;
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

/** Saves everything, or these tables; the returned function restores it. */
export async function keep({ db }: TestEnvironment, only?: string[]): Promise<() => Promise<void>> {
  const tables = only ?? [...TABLES, ...ASIDE];
  const all = tables.map((table) => `(select jsonb_agg(to_jsonb(t))::text from ${table} t) as ${table}`);
  const { rows: found } = await db.sql.raw<Record<string, string | null>>(`select ${all.join(', ')}`);
  const kept = Object.values(found[0]!);
  const columns = await writable(db);
  const back = tables.flatMap((table, i) => {
    const rows = kept[i]?.replaceAll("'", "''").replaceAll('?', '\\?');
    const named = columns.get(table);
    return rows
      ? `insert into ${table} (${named}) select ${named} from jsonb_populate_recordset(null::${table}, '${rows}')`
      : [];
  });
  // What refers to what is as it was: without checking, and without counting as writes.
  const begin = 'set local session_replication_role = replica';
  const away = [...tables, ...(only ? [] : FORGOTTEN)].map((table) => `delete from ${table}`);
  return async () => {
    await db.sql.raw([begin, ...away, ...back].join(';'));
  };
}
