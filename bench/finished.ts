/**
 * Adds many people who finished, by copying everything the database holds of one under new ids. The sizes are real,
 * because Instap sealed the rows; the copies cannot be opened, and nothing tries to. It finds the tables by the ids in
 * them, so it depends on none.
 */
import type pg from 'pg';
import { FINISHED_PERSON } from './product.ts';

const PEOPLE_AT_ONCE = 5_000;

type Column = { name: string; type: string; generated: boolean };
type Table = { name: string; columns: Column[]; unique: string[][] };

/** One person's rows of a table, kept in the temporary table `copy`. */
type Original = Table & { copy: string };

/** Copies a person who finished `people` times. */
export async function addFinished(database: pg.Client, people: number): Promise<void> {
  const tables = await tablesOf(database);
  const { rows } = await database.query(FINISHED_PERSON);
  const ids = await idsAbout(database, tables, rows[0].id);
  await database.query('create temporary table copied_id as select unnest($1::uuid[]) as id', [ids]);
  const originals = await keepOriginals(database, tables);
  // The copies keep references intact; checking them would take most of the time.
  await database.query('set session_replication_role = replica');
  for (let first = 1; first <= people; first += PEOPLE_AT_ONCE) {
    const last = Math.min(people, first + PEOPLE_AT_ONCE - 1);
    for (const original of originals)
      await database.query(await copyStatement(database, original), [first, last]);
  }
  await database.query('reset session_replication_role');
  await database.query('vacuum analyze');
}

async function tablesOf(database: pg.Client): Promise<Table[]> {
  const { rows } = await database.query(`
    select table_name as name,
      (select json_agg(json_build_object('name', column_name, 'type', data_type,
          'generated', is_identity = 'YES' or is_generated = 'ALWAYS' or coalesce(column_default, '') like 'nextval%') order by ordinal_position)
        from information_schema.columns c where c.table_schema = 'public' and c.table_name = t.table_name) as columns,
      (select coalesce(json_agg((select json_agg(attname) from pg_attribute
          where attrelid = i.indrelid and attnum = any(i.indkey))), '[]')
        from pg_index i where i.indrelid = format('public.%I', table_name)::regclass and i.indisunique) as "unique"
    from information_schema.tables t where table_schema = 'public' and table_type = 'BASE TABLE'`);
  return rows;
}

const uuidsOf = ({ columns }: Table): Column[] => columns.filter(({ type }) => type === 'uuid');

/** The ids of a person and, transitively, of all rows that refer to one of them. */
async function idsAbout(database: pg.Client, tables: Table[], personId: string): Promise<string[]> {
  const withId = tables.filter((table) => uuidsOf(table).some(({ name }) => name === 'id'));
  let ids = [personId];
  for (;;) {
    const found = withId.map(
      (table) =>
        `select id from "${table.name}" where ${uuidsOf(table)
          .map(({ name }) => `"${name}" = any($1)`)
          .join(' or ')}`,
    );
    const { rows } = await database.query(found.join(' union '), [ids]);
    const all = [...new Set([...ids, ...rows.map(({ id }) => id)])];
    if (all.length === ids.length) return all;
    ids = all;
  }
}

async function keepOriginals(database: pg.Client, tables: Table[]): Promise<Original[]> {
  const originals: Original[] = [];
  for (const table of tables.filter((one) => uuidsOf(one).length > 0)) {
    const copy = `original_${table.name}`;
    const named = uuidsOf(table).map(({ name }) => `"${name}" in (select id from copied_id)`);
    const { rowCount } = await database.query(
      `create temporary table ${copy} as select * from "${table.name}" where ${named.join(' or ')}`,
    );
    if (rowCount) originals.push({ ...table, copy });
  }
  return originals;
}

/** Ids sort by time, like Instap's. */
const newId = (column: string): string => `
  case when exists (select from copied_id where id = "${column}") then
    (lpad(to_hex(1600000000000 + n * 1000), 12, '0') || substr(md5("${column}"::text || n), 13))::uuid
  else "${column}" end`;

/** As long as the original, and different in each copy. */
const newText = (column: string): string => `left("${column}", -7) || lpad(n::text, 7, '0')`;

async function copyStatement(database: pg.Client, original: Original): Promise<string> {
  const distinct = await textsToChange(database, original);
  const columns = original.columns.filter(({ generated }) => !generated);
  const values = columns.map(({ name, type }) => {
    if (type === 'uuid') return newId(name);
    return distinct.includes(name) ? newText(name) : `"${name}"`;
  });
  return `insert into "${original.name}" (${columns.map(({ name }) => `"${name}"`).join(', ')})
    select ${values.join(', ')} from ${original.copy}, generate_series($1::int, $2::int) n`;
}

/** Text columns that must be unique by themselves, not only together with an id that changes anyway. */
async function textsToChange(database: pg.Client, { copy, columns, unique }: Original): Promise<string[]> {
  const isType = (name: string, type: string) =>
    columns.some((column) => column.name === name && column.type === type);
  const changed: string[] = [];
  for (const index of unique) {
    const ids = index
      .filter((name) => isType(name, 'uuid'))
      .map((name) => `"${name}" in (select id from copied_id)`);
    const { rows } = await database.query(`select from ${copy} where ${ids.join(' or ') || 'false'} limit 1`);
    if (rows.length === 0) changed.push(...index.filter((name) => isType(name, 'text')));
  }
  return changed;
}

/** In megabytes, largest first. */
export type Size = { name: string; rows: number; tableMb: number; indexesMb: number };

export async function sizesOf(database: pg.Client): Promise<Size[]> {
  const { rows } = await database.query(`
    select relname as name, reltuples::int as rows,
      round(pg_table_size(oid) / 1048576.0, 1)::float as "tableMb",
      round(pg_indexes_size(oid) / 1048576.0, 1)::float as "indexesMb"
    from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
    order by pg_total_relation_size(oid) desc`);
  return rows;
}
