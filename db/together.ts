/** Several writes in one statement. */
import type { Knex } from 'knex';
import type { Db } from './connect.ts';

/** A write that was not sent yet. */
export type Write = Pick<Promise<unknown>, 'then'>;
/** The same, with the one row that it gives. */
type WriteWithRow<Row> = PromiseLike<Row[]>;

type RowOf<Given> = Given extends WriteWithRow<infer Row> ? Row : never;
type AllOf<Rows> = (Rows extends unknown ? (row: Rows) => void : never) extends (row: infer All) => void
  ? All
  : never;

/**
 * Runs all of them as one statement: done together or not at all, and none sees what another one wrote. `giving`: those
 * that write exactly one row and return columns of it, which come back as one object; undefined when one wrote none.
 */
export async function writeTogether<const Giving extends WriteWithRow<object>[] = []>(
  { sql }: Db,
  { giving, besides = [] }: { giving?: Giving; besides?: Write[] },
): Promise<AllOf<RowOf<Giving[number]>> | undefined> {
  const given = (giving ?? []).map((write, i) => ({ name: `given_${i}`, write }));
  const all = [...given, ...besides.map((write, i) => ({ name: `besides_${i}`, write }))];
  const knex = sql as unknown as Knex;
  const writing = all.reduce(
    (statement, { name, write }) => statement.with(name, write as never),
    knex.queryBuilder(),
  );
  const [row] = given.length
    ? await writing.select('*').fromRaw(given.map(({ name }) => name).join(', '))
    : await writing.select(knex.raw('1 as written'));
  return row;
}
