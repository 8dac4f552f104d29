/**
 * Statements as PostgreSQL counts them (pg_stat_statements): for one person at a time, with stand-ins that answer at
 * once, and without background polling.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { goThrough } from './participant.ts';
import type { BenchService } from './service.ts';

/** Per onboarding. BEGIN and COMMIT are not counted. */
export type Counted = { statements: number; transactions: number };

type Calls = Map<string, number>;

const PEOPLE = 5;
/** How long the idle service is observed, in milliseconds. */
const WATCH_IDLE_MS = 5_000;
/** How long until the last person's delivery receipts have arrived, in milliseconds. */
const SETTLE_MS = 1_500;

const BEGIN = /^(begin|start transaction)\b/i;
const END = /^(commit|rollback)\b/i;

export async function countStatements(service: BenchService): Promise<Counted> {
  const { database, standIns } = service;
  await sleep(SETTLE_MS);
  const idle = await callsDuring(database, () => sleep(WATCH_IDLE_MS));
  standIns.answer('at once');
  const begun = performance.now();
  const calls = await callsDuring(database, async () => {
    for (let i = 0; i < PEOPLE; i++) await goThrough(service);
    await sleep(SETTLE_MS);
  });
  standIns.answer('realistically');
  return withoutPolls(calls, { idle, ms: performance.now() - begun });
}

/** By the text of the statement. */
async function callsDuring(database: pg.Client, work: () => Promise<unknown>): Promise<Calls> {
  await database.query('select pg_stat_statements_reset()');
  await work();
  const { rows } = await database.query(`
    select query, sum(calls)::int as calls from pg_stat_statements
    where dbid = (select oid from pg_database where datname = current_database())
      and query not like '%pg_stat_statements%'
    group by query`);
  return new Map(rows.map(({ query, calls }) => [query, calls]));
}

/** What was counted in `ms` milliseconds, minus what the idle service runs in that time. */
function withoutPolls(calls: Calls, { idle, ms }: { idle: Calls; ms: number }): Counted {
  const counted = { statements: 0, transactions: 0 };
  for (const [query, all] of calls) {
    const polls = ((idle.get(query) ?? 0) * ms) / WATCH_IDLE_MS;
    const own = Math.max(0, all - polls) / PEOPLE;
    if (BEGIN.test(query)) counted.transactions += own;
    else if (!END.test(query)) counted.statements += own;
  }
  return counted;
}
