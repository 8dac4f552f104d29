/** What a load cost, and how long each page took. */
import type { Timing } from './browser.ts';
import { cpuMsOfParts } from './cpu.ts';
import type { Load } from './load.ts';
import { goThrough, type Journey } from './participant.ts';
import { type Spread, spreadOf } from './percentiles.ts';
import { type BenchService, PARTS, type Part } from './service.ts';

export type Measured = {
  people: number;
  /** Why people did not get through, one entry each. */
  failures: string[];
  perSecond: number;
  /** Per person, in milliseconds. */
  cpuMs: Record<Part, number>;
  /** By method and path. */
  pages: Record<string, Spread>;
  gets: Spread;
  /** Every POST except the password's, which waits for argon2. */
  posts: Spread;
  passwordPosts: Spread;
  mails: Spread;
};

const PASSWORD = '/onboarding/password';
/** The page itself waits for the account to open, so its time says nothing about pages. */
const FINISHED = '/onboarding/finished';

/** Sends people through everything as `load` dictates. Throws when nobody gets through. */
export async function measure(
  service: BenchService,
  load: (person: () => Promise<void>) => Promise<Load>,
): Promise<Measured> {
  const journeys: Journey[] = [];
  const failures: string[] = [];
  const before = cpuMsOfParts(service);
  const { ms } = await load(async () => {
    try {
      journeys.push(await goThrough(service));
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  });
  const after = cpuMsOfParts(service);
  const people = journeys.length;
  if (!people) throw new Error(`nobody got through: ${failures[0]}`);
  const cpuMs = PARTS.map((part) => [part, (after[part] - before[part]) / people]);
  return {
    people,
    failures,
    perSecond: (people * 1000) / ms,
    cpuMs: Object.fromEntries(cpuMs),
    ...timesOf(journeys),
  };
}

function timesOf(journeys: Journey[]) {
  const timings = journeys.flatMap((journey) => journey.timings);
  const spreadWhere = (isMeant: (timing: Timing) => boolean) =>
    spreadOf(timings.filter(isMeant).map(({ ms }) => ms));
  const byPage = Map.groupBy(timings, ({ method, page }) => `${method} ${page}`);
  const pages = [...byPage].map(([page, some]) => [page, spreadOf(some.map(({ ms }) => ms))]);
  return {
    pages: Object.fromEntries(pages),
    gets: spreadWhere(({ method, page }) => method === 'GET' && page !== FINISHED),
    posts: spreadWhere(({ method, page }) => method === 'POST' && page !== PASSWORD),
    passwordPosts: spreadWhere(({ method, page }) => method === 'POST' && page === PASSWORD),
    mails: spreadOf(journeys.map(({ mailMs }) => mailMs)),
  };
}
