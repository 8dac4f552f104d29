/** The numbers of a run for people. */
import type { Measured } from './measures.ts';
import { type Result, round, splitCpu, toJson } from './report.ts';
import { PARTS } from './service.ts';

const NAME_WIDTH = 40;
const CELL_WIDTH = 11;

const line = (name: string, ...cells: (string | number)[]): string =>
  [name.padEnd(NAME_WIDTH), ...cells.map((cell) => String(cell).padStart(CELL_WIDTH))].join('');

export function toTable(result: Result): string {
  const { alone, together, open } = result;
  return [
    ...loadsOf(result),
    ...pagesOf('pages of one at a time, in ms', alone),
    ...together.flatMap((load) => pagesOf(`pages with ${load.atOnce} at once, in ms`, load)),
    ...pagesOf('pages while 5 a second arrive, in ms', open),
    ...tablesOf(result),
    ...failuresOf(result),
    ...Object.entries({ ...toJson(result), tables: undefined })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => line(name, JSON.stringify(value))),
  ].join('\n');
}

function loadsOf({ alone, together, open, floor, argon2Ms }: Result): string[] {
  const row = (name: string, { perSecond, cpuMs, posts }: Measured) =>
    line(
      name,
      round(perSecond),
      ...Object.values(splitCpu(cpuMs, argon2Ms)).map((ms) => round(ms)),
      round(posts.p95),
    );
  return [
    line('CPU of each onboarding, in ms', 'a second', ...PARTS, 'argon2', 'posts p95'),
    row('one at a time', alone),
    ...together.map((load) => row(`${load.atOnce} at once`, load)),
    row('5 a second arrive', open),
    ...floor.map(({ atOnce, perSecond, cpuMs }) =>
      line(`the floor, ${atOnce} at once`, round(perSecond), '-', round(cpuMs.worker), round(cpuMs.temporal)),
    ),
    '',
  ];
}

function pagesOf(title: string, { pages }: Measured): string[] {
  return [
    line(title, 'p50', 'p95', 'p99', 'times'),
    ...Object.entries(pages).map(([page, { p50, p95, p99, n }]) =>
      line(page, round(p50), round(p95), round(p99), n),
    ),
    '',
  ];
}

function tablesOf({ tables }: Result): string[] {
  if (!tables) return [];
  return [
    line(`with ${tables.finished} who finished`, 'rows', 'table MB', 'indexes MB'),
    ...tables.sizes.map(({ name, rows, tableMb, indexesMb }) => line(name, rows, tableMb, indexesMb)),
    '',
    ...tables.plans.flatMap(({ calls, query, plan, scanned }) => [
      `${calls} times: ${query}`,
      ...plan.map((text) => `    ${text}`),
      ...scanned.map((table) => `    READS ALL OF ${table}`),
    ]),
    '',
  ];
}

function failuresOf({ alone, together, open, waiting }: Result): string[] {
  const failures = [alone, ...together, open, waiting.alone].flatMap((load) => load.failures);
  const byReason = Object.entries(Object.groupBy(failures, (reason) => reason));
  return byReason.map(([reason, some]) => `${some!.length} did not get through: ${reason}`);
}
