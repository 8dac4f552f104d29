/**
 * The row types of db/tables.ts match the migrated database. Types do not exist at run time, so their text is parsed.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';

const TEXT = readFileSync(path.join(import.meta.dirname, './tables.ts'), 'utf8');
/** knex's own tables. */
const OF_MIGRATIONS = ['schema_migration', 'schema_migration_lock'];

/** `kind`: the type that the driver returns. `given`: who sets the value when an insert does not. */
type Column = { kind: string; nullable: boolean; given: 'insert' | 'default' | 'generated' };
type Columns = Record<string, Column>;

let testEnv: TestEnvironment;

beforeAll(async () => {
  testEnv = await createTestEnvironment();
});
afterAll(() => testEnv.close());

function kindOf(type: string): string {
  if (/^(Date|number|boolean|Int8)$/.test(type)) return type;
  if (type.startsWith('Json<')) return 'Json';
  return /^(string|SmsFailure|HelpReason|( ?\|? ?'[^']*')+)$/.test(type) ? 'string' : `unknown: ${type}`;
}

/** The quoted names in a list or union, and in unions that it refers to. */
const namesIn = (list = ''): string[] =>
  [...list.matchAll(/'(\w+)'|(\w+)/g)].flatMap(([, name, union]) =>
    name ? [name] : namesIn(new RegExp(`\\ntype ${union} =([^;]*);`).exec(TEXT)?.[1]),
  );

function columnsOf(row: string, defaulted: string[], generated: string[]): Columns {
  const body = new RegExp(`\\nexport type ${row} = \\{\\n(.*?)\\n\\};`, 's').exec(TEXT)?.[1] ?? '';
  const lines = body.replaceAll(/\/\*\*.*?\*\//gs, '').matchAll(/^ {2}(?:readonly )?(\w+):\s([^;]*);$/gms);
  return Object.fromEntries(
    [...lines].map(([, name = '', type = '']) => {
      const nullable = type.endsWith(' | null');
      const given = generated.includes(name) ? 'generated' : defaulted.includes(name) ? 'default' : 'insert';
      const kind = kindOf(type.replace(/ \| null$/, '').replaceAll(/\s+/g, ' '));
      return [name, { kind, nullable, given } satisfies Column];
    }),
  );
}

function declared(): Record<string, Columns> {
  const tables = /\nexport type Tables = \{\n(.*?)\n\};/s.exec(TEXT)?.[1] ?? '';
  return Object.fromEntries(
    [...tables.matchAll(/^ {2}(\w+): Table<(\w+)(?:, ([^,>]*))?(?:, ([^,>]*))?>;$/gm)].map(
      ([, table = '', row = '', defaulted, generated]) => [
        table,
        columnsOf(row, namesIn(defaulted), namesIn(generated)),
      ],
    ),
  );
}

const KINDS: Record<string, string> = {
  uuid: 'string',
  text: 'string',
  'character varying': 'string',
  integer: 'number',
  'double precision': 'number',
  bigint: 'Int8',
  boolean: 'boolean',
  'timestamp with time zone': 'Date',
  json: 'Json',
  jsonb: 'Json',
};

type Found = { table: string; column: string; type: string; nullable: boolean; given: Column['given'] };

async function migrated(): Promise<Record<string, Columns>> {
  const { rows } = await testEnv.db.sql.raw<Found>(
    `select table_name as table, column_name as column, data_type as type, is_nullable = 'YES' as nullable,
      case when is_generated = 'ALWAYS' then 'generated' when column_default is not null then 'default' else 'insert' end as given
    from information_schema.columns
    where table_schema = 'public' and table_name <> all (?) order by table_name, ordinal_position`,
    [OF_MIGRATIONS],
  );
  const tables = Object.entries(Object.groupBy(rows, ({ table }) => table));
  const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    tables.map(([table, columns = []]) => [
      table,
      Object.fromEntries(
        columns.map(({ column, type, nullable, given }) => [
          camel(column),
          { kind: KINDS[type] ?? type, nullable, given },
        ]),
      ),
    ]),
  );
}

it('every table and column is declared as it is: name, type, null, default', async () => {
  const tables = declared();
  expect(Object.keys(tables).length).toBeGreaterThan(20);
  expect(tables).toEqual(await migrated());
});
