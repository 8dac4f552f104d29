/** Everything in the database as one text, so that a test can say that nothing changed. */
import type { TableName } from '../../db/tables.ts';
import type { TestEnvironment } from './testEnvironment.ts';

const TABLES: TableName[] = [
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
  'idempotency_key',
  'outbox',
  'session',
  'wrong_factor',
  'audit',
];

/** `except`: tables that may change, such as the outbox, which the engine empties at its own time. */
export async function dump({ db }: TestEnvironment, except: TableName[] = []): Promise<string> {
  const of = async (table: TableName) => {
    const rows: object[] = await db.sql(table);
    return [table, ...rows.map((row) => JSON.stringify(row)).sort()];
  };
  const tables = TABLES.filter((table) => !except.includes(table));
  return (await Promise.all(tables.map(of))).flat().join('\n');
}

/** All that the database holds, as text by table. */
export async function everything({ db }: TestEnvironment): Promise<Map<string, string>> {
  const { rows } = await db.sql.raw<{ tableName: string }>(
    `select table_name from information_schema.tables where table_schema = 'public'`,
  );
  const tables = new Map<string, string>();
  for (const { tableName } of rows) {
    const content = await db.sql.raw<{ allRows: string }>(
      "select coalesce(json_agg(t), '[]')::text as all_rows from ?? t",
      [tableName],
    );
    tables.set(tableName, content.rows[0]!.allRows);
  }
  return tables;
}

/** Waits until the engine has everything that was put into the outbox, and every SMS that was sent its receipt. */
export async function allSettled({ db }: TestEnvironment): Promise<void> {
  for (const until = Date.now() + 10_000; Date.now() < until; ) {
    const underWay = await db
      .sql('sms_code')
      .whereNotNull('sentAt')
      .where({ deliveredAt: null, failedAt: null })
      .first('id');
    if (!underWay && !(await db.sql('outbox').first('id'))) return;
    await new Promise(setImmediate);
  }
  throw new Error('something is still under way');
}
