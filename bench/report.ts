/** The numbers of a run for programs; docs/performance.md explains each. */
import type { Size } from './finished.ts';
import type { Floor } from './floor/measure.ts';
import type { Histories } from './histories.ts';
import type { Measured } from './measures.ts';
import type { Spread } from './percentiles.ts';
import type { Plan } from './plans.ts';
import type { Reset } from './reset.ts';
import type { Part } from './service.ts';
import type { Counted } from './statements.ts';
import type { Rss, Waiting } from './waiting.ts';
import type { Weight } from './weight.ts';

export type Result = {
  alone: Measured;
  /** The first one with 8 at once. */
  together: (Measured & { atOnce: number })[];
  open: Measured;
  counted: Counted;
  histories: Histories;
  /** The first one with 8 at once. */
  floor: Floor[];
  waiting: Waiting;
  reset: Reset;
  /** With --full. */
  tables?: { finished: number; sizes: Size[]; plans: Plan[] };
  argon2Ms: number;
  firstPage: Weight;
  readyS: number;
};

const sumOf = (numbers: object): number => Object.values(numbers).reduce((sum, one) => sum + one, 0);
export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
const rounded = <K extends string>(numbers: Record<K, number>) =>
  Object.fromEntries(Object.entries<number>(numbers).map(([name, value]) => [name, round(value)]));

/** Hashing happens in web, so it is subtracted there: the parts add up to the whole. */
export const splitCpu = (cpuMs: Record<Part, number>, argon2: number) => ({
  ...cpuMs,
  web: cpuMs.web - argon2,
  argon2,
});

export function toJson(result: Result) {
  const { alone, open, counted, histories, waiting, argon2Ms, firstPage } = result;
  const eight = result.together[0]!;
  const floor = result.floor[0]!;
  const total = sumOf(eight.cpuMs);
  return {
    onboardings_per_s: round(eight.perSecond),
    floor_per_s: round(floor.perSecond),
    ratio: round(sumOf(floor.cpuMs) / (total - argon2Ms), 2),
    cpu_ms: {
      ...rounded(splitCpu(eight.cpuMs, argon2Ms)),
      total: round(total),
      floor_worker: round(floor.cpuMs.worker),
      floor_temporal: round(floor.cpuMs.temporal),
    },
    statements: round(counted.statements),
    transactions: round(counted.transactions),
    events: round(histories.events),
    history_bytes: Math.round(histories.bytes),
    signals: round(histories.signals),
    ...timesOf({ alone, closed8: eight, open5: open }),
    argon2_ms: round(argon2Ms),
    accepted_per_s: round(waiting.acceptedPerSecond),
    mailed_per_s: round(waiting.mailedPerSecond),
    waiting: waitingOf(waiting, alone),
    reset_while_busy: { ...result.reset, ms: result.reset.ms && round(result.reset.ms) },
    rss_mb: {
      web: round(waiting.rss.all.web.now),
      worker: round(waiting.rss.all.worker.now),
      web_peak: round(waiting.rss.all.web.peak),
      worker_peak: round(waiting.rss.all.worker.peak),
    },
    first_page_bytes: firstPage.all,
    first_page_bytes_without_script: firstPage.withoutScript,
    ready_s: round(result.readyS),
    failed: [alone, ...result.together, open, waiting.alone].flatMap(({ failures }) => failures).length,
    beside: besideOf(result),
    ...(result.tables ? { tables: result.tables } : {}),
  };
}

function timesOf<K extends string>(loads: Record<K, Measured>) {
  const p95 = (which: (load: Measured) => Spread) =>
    rounded(mapped(loads, (load: Measured) => which(load).p95));
  return {
    post_p95_ms: p95(({ posts }) => posts),
    password_post_p95_ms: p95(({ passwordPosts }) => passwordPosts),
    get_p95_ms: p95(({ gets }) => gets),
    mail_p95_ms: p95(({ mails }) => mails),
  };
}

const mapped = <K extends string, T>(record: Record<K, T>, change: (value: T) => number) =>
  Object.fromEntries(Object.entries<T>(record).map(([name, value]) => [name, change(value)]));

/** `without`: while nobody was waiting. */
function waitingOf({ people, fewer, rss, alone }: Waiting, without: Measured) {
  const memory = (part: keyof Rss) => ({ fewer: round(rss.fewer[part].now), all: round(rss.all[part].now) });
  return {
    people,
    fewer,
    get_p95_ms: { without: round(without.gets.p95), with: round(alone.gets.p95) },
    post_p95_ms: { without: round(without.posts.p95), with: round(alone.posts.p95) },
    rss_mb: { web: memory('web'), worker: memory('worker') },
  };
}

/** Onboardings per second of every load. */
function besideOf({ alone, together, open, floor }: Result) {
  const named = (name: string, load: { perSecond: number }) => [name, round(load.perSecond)];
  return Object.fromEntries([
    named('alone_per_s', alone),
    ...together.map((load) => named(`closed${load.atOnce}_per_s`, load)),
    named('open5_per_s', open),
    ...floor.map((load) => named(`floor${load.atOnce}_per_s`, load)),
  ]);
}
