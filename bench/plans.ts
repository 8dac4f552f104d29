/** PostgreSQL's plans for the statements it runs most often during onboardings. */
import type pg from 'pg';
import { goThrough } from './participant.ts';
import type { BenchService } from './service.ts';

export type Plan = {
  calls: number;
  query: string;
  /** Lines of EXPLAIN. */
  plan: string[];
  /** Tables of more than a thousand rows that are scanned sequentially. */
  scanned: string[];
};

const MANY_ROWS = 1_000;
const MOST_FREQUENT = 10;
const PEOPLE = 5;

export async function explainMostFrequent(service: BenchService): Promise<Plan[]> {
  const { database } = service;
  await database.query('select pg_stat_statements_reset()');
  for (let i = 0; i < PEOPLE; i++) await goThrough(service);
  const { rows } = await database.query(
    `select query, sum(calls)::int as calls from pg_stat_statements
     where dbid = (select oid from pg_database where datname = current_database())
       and query ~* '^\\s*(select|insert|update|delete|with)\\y' and query not like '%pg_stat_statements%'
     group by query order by calls desc limit $1`,
    [MOST_FREQUENT],
  );
  const { rows: large } = await database.query(
    `select relname as name from pg_class where relkind = 'r' and reltuples > $1`,
    [MANY_ROWS],
  );
  const plans: Plan[] = [];
  for (const { query, calls } of rows) {
    const plan = await explain(database, query);
    const text = plan.join('\n');
    const scanned = large.map(({ name }) => name).filter((name) => text.includes(`Seq Scan on ${name} `));
    plans.push({ calls, query, plan, scanned });
  }
  return plans;
}

/** The generic plan; or why there is none, when PostgreSQL cannot infer parameter types. */
async function explain(database: pg.Client, query: string): Promise<string[]> {
  try {
    const { rows } = await database.query(`explain (generic_plan) ${withParameters(query)}`);
    return rows.map((row) => row['QUERY PLAN']);
  } catch (error) {
    return [`no plan: ${error instanceof Error ? error.message : error}`];
  }
}

/** pg_stat_statements puts parameters where the grammar only allows constants. */
const withParameters = (query: string): string =>
  query.replace(/interval (\$\d+)/g, '$1::interval').replace(/extract\(\$\d+ from/g, 'extract(epoch from');
