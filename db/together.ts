/** Several writes in one statement. */
import type { Knex } from 'knex';
import type { Db } from './connect.ts';

/** A write that was not sent yet. */
export type Write = PromiseLike<unknown>;

/**
 * Runs all of them as one statement: done together or not at all, and none sees what another one wrote. `giving`: a write
 * that returns columns, whose first row comes back.
 */
export async function writeTogether<Row = never>(
  { sql }: Db,
  { giving, besides = [] }: { giving?: PromiseLike<Row[]>; besides?: Write[] },
): Promise<Row | undefined> {
  const knex = sql as unknown as Knex;
  const writes: Write[] = giving ? [giving, ...besides] : besides;
  const writing = writes.reduce<Knex.QueryBuilder>(
    (statement, write, i) => statement.with(`write_${i}`, write as never),
    knex.queryBuilder(),
  );
  const [row] = await (giving
    ? writing.select('*').from('write_0')
    : writing.select(knex.raw('1 as written')));
  return row;
}
