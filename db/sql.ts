/**
 * The part of knex that Instap uses, typed by tables.ts. knex's own types accept any text for a table or column they
 * do not know, and then return `any`; these accept existing names only. Types only: at run time it is knex (see
 * connect.ts).
 */
import type { Knex } from 'knex';
import type { Raw } from './raw.ts';
import type { TableName, Tables } from './tables.ts';

type Bindings = readonly unknown[] | Record<string, unknown>;

/** The column names that a query over one table accepts: plain, prefixed with the table's name, and `*`. */
export type Columns<Name extends string, Row> = Row & {
  [Column in keyof Row & string as `${Name}.${Column}`]: Row[Column];
} & { [All in '*' | `${Name}.*`]: Row };

type Nullable<Row> = { [Column in keyof Row]: Row[Column] | null };

/** When both sides have a column, the joined query accepts it only with the table's name. */
type Joined<Known, More> = Omit<Known, keyof More> & Omit<More, keyof Known>;

type ColumnOf<Known> = Exclude<keyof Known & string, '*' | `${string}.*`>;
type Selectable<Known> = (keyof Known & string) | `${ColumnOf<Known>} as ${string}` | Raw;

type GivenBy<Known, Selected> =
  Selected extends Raw<infer Given>
    ? Given
    : Selected extends `${infer From extends keyof Known & string} as ${infer Name}`
      ? { [_ in Name]: Known[From] }
      : Selected extends '*' | `${string}.*`
        ? Known[Selected & keyof Known]
        : Selected extends `${string}.${infer Name}`
          ? { [_ in Name]: Known[Selected & keyof Known] }
          : { [_ in Selected & keyof Known]: Known[_] };

type GivenByAll<Known, Selected extends readonly unknown[]> = Selected extends readonly [
  infer First,
  ...infer Rest,
]
  ? GivenBy<Known, First> & GivenByAll<Known, Rest>
  : unknown;

type Flat<Row> = { [Column in keyof Row]: Row[Column] };

/** The type of a result row: all columns when none was selected (`undefined`). */
type Result<Known, Chosen> = Chosen extends undefined
  ? Known extends { '*': infer All }
    ? All
    : unknown
  : Flat<Chosen>;
type More<Known, Chosen, Selected extends readonly unknown[]> = (Chosen extends undefined
  ? unknown
  : Chosen) &
  GivenByAll<Known, Selected>;

type Value<Of> = Of | Raw;
type Conditions<Known> = { [Column in ColumnOf<Known>]?: Value<Known[Column]> };
type Operator = '=' | '<>' | '<' | '<=' | '>' | '>=' | 'like';

/** A query nested in another one. */
export type Subquery = Pick<Query<object, Tables[TableName], unknown>, 'as'>;

/** `Known`: the names it accepts. `Table`: what it may write. `Chosen`: the columns selected so far. */
export interface Query<Known, Table extends Tables[TableName], Chosen = undefined>
  extends Promise<Result<Known, Chosen>[]> {
  where(conditions: Conditions<Known>): this;
  where(group: (rows: this) => unknown): this;
  where<Column extends ColumnOf<Known>>(column: Column, value: Value<Known[Column]>): this;
  where<Column extends ColumnOf<Known>>(column: Column, is: Operator, value: Value<Known[Column]>): this;
  andWhere: this['where'];
  orWhere(conditions: Conditions<Known>): this;
  orWhere(group: (rows: this) => unknown): this;
  whereNot(conditions: Conditions<Known>): this;
  whereNull(column: ColumnOf<Known>): this;
  whereNotNull(column: ColumnOf<Known>): this;
  whereIn<Column extends ColumnOf<Known>>(column: Column, values: readonly Known[Column][] | Subquery): this;
  whereNotExists(rows: Subquery): this;
  whereRaw(sql: string, bindings?: Bindings): this;
  andWhereRaw(sql: string, bindings?: Bindings): this;

  join<Name extends TableName>(
    table: Name,
    left: ColumnOf<Joined<Known, Columns<Name, Tables[Name]['row']>>>,
    right: ColumnOf<Joined<Known, Columns<Name, Tables[Name]['row']>>>,
  ): Query<Joined<Known, Columns<Name, Tables[Name]['row']>>, Table, Chosen>;
  leftJoin<Name extends TableName>(
    table: Name,
    left: ColumnOf<Joined<Known, Columns<Name, Tables[Name]['row']>>>,
    right: ColumnOf<Joined<Known, Columns<Name, Tables[Name]['row']>>>,
  ): Query<Joined<Known, Columns<Name, Nullable<Tables[Name]['row']>>>, Table, Chosen>;
  /** `Names`: the names that the joined SQL adds. */
  joinRaw<Names>(sql: string, bindings?: Bindings): Query<Known & Names, Table, Chosen>;

  orderBy(column: ColumnOf<Known>, direction?: 'asc' | 'desc'): this;
  orderBy(columns: ColumnOf<Known>[]): this;
  orderByRaw(sql: string, bindings?: Bindings): this;
  groupBy(...columns: ColumnOf<Known>[]): this;
  limit(rows: number): this;
  forUpdate(): this;
  skipLocked(): this;
  withSchema(name: string): this;
  clone(): this;
  modify(change: (rows: this) => unknown): this;
  as(name: string): Subquery;

  select(): this;
  select<const Selected extends readonly Selectable<Known>[]>(
    ...columns: Selected
  ): Query<Known, Table, More<Known, Chosen, Selected>>;
  distinct<const Selected extends readonly Selectable<Known>[]>(
    ...columns: Selected
  ): Query<Known, Table, More<Known, Chosen, Selected>>;
  first(): Promise<Result<Known, Chosen> | undefined>;
  first<const Selected extends readonly Selectable<Known>[]>(
    ...columns: Selected
  ): Promise<Flat<More<Known, Chosen, Selected>> | undefined>;
  /** knex looks the column up by its name in PostgreSQL, so only one-word names work. */
  pluck<Column extends ColumnOf<Known> & Lowercase<string>>(column: Column): Promise<Known[Column][]>;

  insert(rows: Table['insert'] | readonly Table['insert'][]): Insert<Known, Table>;
  update(columns: Table['update']): Change<Known, Table>;
  increment(column: ColumnOf<Known>, by: number): Change<Known, Table>;
  decrement(column: ColumnOf<Known>, by: number): Change<Known, Table>;
  delete(): Change<Known, Table>;
}

interface Returning<Known> {
  returning<const Column extends Selectable<Known>>(column: Column): Promise<Flat<GivenBy<Known, Column>>[]>;
  returning<const Selected extends readonly Selectable<Known>[]>(
    columns: Selected,
  ): Promise<Flat<GivenByAll<Known, Selected>>[]>;
}

interface Insert<Known, Table extends Tables[TableName]> extends Promise<unknown>, Returning<Known> {
  onConflict(columns?: ColumnOf<Known> | ColumnOf<Known>[]): {
    ignore(): Promise<unknown> & Returning<Known>;
    merge(columns: Table['update']): Promise<unknown> & Returning<Known>;
  };
}

/** Resolves to the number of rows changed. */
interface Change<Known, Table extends Tables[TableName]> extends Promise<number>, Returning<Known> {
  update(columns: Table['update']): Change<Known, Table>;
}

export type TableQuery<Name extends TableName> = Query<Columns<Name, Tables[Name]['row']>, Tables[Name]>;

export interface Sql extends Pick<Knex, 'client' | 'destroy' | 'migrate' | 'off' | 'on'> {
  <Name extends TableName>(table: Name): TableQuery<Name>;
  raw<Given = unknown>(sql: string, bindings?: Bindings): Raw<Given>;
  ref(column: string): Raw;
  fn: { now(): Raw };
  /** A common table expression: another query can read its rows by name. */
  with<Name extends string, Known, Table extends Tables[TableName], Chosen>(
    name: Name,
    rows: Query<Known, Table, Chosen>,
  ): { from(name: Name): Query<Columns<Name, Result<Known, Chosen>>, Table> };
  transaction(): Promise<Sql & Pick<Knex.Transaction, 'commit' | 'rollback'>>;
  transaction<Given>(work: (sql: Sql) => Promise<Given>): Promise<Given>;
}
