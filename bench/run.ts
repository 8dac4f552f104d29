/** `npm run bench`: the cost and speed of an onboarding, compared with the minimum Temporal must do for one. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openCluster } from './cluster/open.ts';
import { addFinished, sizesOf } from './finished.ts';
import { measureFloor } from './floor/measure.ts';
import { timeHash } from './hashing.ts';
import { measureHistories } from './histories.ts';
import { closedLoop, openArrival } from './load.ts';
import { type Measured, measure } from './measures.ts';
import { explainMostFrequent } from './plans.ts';
import { ROOT } from './product.ts';
import { type Result, toJson } from './report.ts';
import { measureReset } from './reset.ts';
import { type BenchService, openService, type Stops } from './service.ts';
import { timeStart } from './startUp.ts';
import { countStatements } from './statements.ts';
import { toTable } from './table.ts';
import { measureWaiting } from './waiting.ts';
import { weighFirstPage } from './weight.ts';

const { values: options } = parseArgs({
  options: {
    /** Fewer people, and minutes instead of a quarter of an hour. */
    quick: { type: 'boolean', default: false },
    /** With 200,000 who finished, sizes and query plans. */
    full: { type: 'boolean', default: false },
    /** With a real Temporal server on PostgreSQL instead of the dev server. */
    cluster: { type: 'boolean', default: false },
    /** A file for the numbers. */
    json: { type: 'string' },
    /** A folder with another version of Instap, its packages installed: it is measured instead of this one. */
    product: { type: 'string', default: ROOT },
  },
});
const PRODUCT = path.resolve(options.product);

const SIZE = options.quick
  ? {
      alone: 10,
      each: 60,
      atOnce: [8],
      seconds: 20,
      waiting: { people: 500, fewer: 100, goThrough: 8 },
      busyWith: 500,
    }
  : {
      alone: 30,
      each: 200,
      atOnce: [8, 32],
      seconds: 60,
      waiting: { people: 10_000, fewer: 1_000, goThrough: 30 },
      busyWith: 5_000,
    };
const ARRIVE_PER_SECOND = 5;
/** People who go through before measuring starts, to fill caches and compile code. */
const WARM_UP = 16;
const FINISHED = 200_000;
const EXIT_INTERRUPTED = 130;

const say = (text: string) => console.error(`${Math.round(performance.now() / 1000)} s: ${text} …`);

async function run(stops: Stops): Promise<Result> {
  say('npm start, twice');
  const readyS = await timeStart(PRODUCT, stops);
  const argon2Ms = await timeHash();
  say('the service comes up');
  const service = await openService(PRODUCT, stops, options.cluster ? openCluster : undefined);
  const loads = await measureLoads(service);
  say('events and the first page');
  const histories = await measureHistories(service);
  const firstPage = await weighFirstPage(service);
  say('the floor');
  const floor = await measureFloor(service, { atOnce: SIZE.atOnce, people: SIZE.each });
  if (options.full) {
    say(`${FINISHED} more who finished`);
    await addFinished(service.database, FINISHED);
  }
  say(`${SIZE.waiting.people} waiting`);
  const waiting = await measureWaiting(service, SIZE.waiting);
  const tables = options.full ? await inspectTables(service) : undefined;
  say(`a new password while the mail server is busy with ${SIZE.busyWith} invitations`);
  const reset = await measureReset(service, SIZE.busyWith);
  return { ...loads, histories, firstPage, floor, waiting, reset, tables, argon2Ms, readyS };
}

const inspectTables = async (service: BenchService) => ({
  finished: FINISHED,
  sizes: await sizesOf(service.database),
  plans: await explainMostFrequent(service),
});

async function measureLoads(service: BenchService) {
  const closed = (atOnce: number, people: number): Promise<Measured> =>
    measure(service, (person) => closedLoop({ atOnce, people }, person));
  say('warming up');
  await closed(8, WARM_UP);
  say('statements');
  const counted = await countStatements(service);
  say('one at a time');
  const alone = await closed(1, SIZE.alone);
  const together = [];
  for (const atOnce of SIZE.atOnce) {
    say(`${atOnce} at once`);
    together.push({ atOnce, ...(await closed(atOnce, SIZE.each)) });
  }
  say(`${ARRIVE_PER_SECOND} a second`);
  const arrival = { perSecond: ARRIVE_PER_SECOND, seconds: SIZE.seconds };
  const open = await measure(service, (person) => openArrival(arrival, person));
  return { counted, alone, together, open };
}

const interrupted = new Promise<'interrupted'>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => resolve('interrupted'));
});

const stops: Stops = [];
try {
  const result = await Promise.race([run(stops), interrupted]);
  if (result === 'interrupted') process.exitCode = EXIT_INTERRUPTED;
  else {
    console.log(toTable(result));
    if (options.json) writeFileSync(options.json, `${JSON.stringify(toJson(result), null, 2)}\n`);
  }
} finally {
  say('stopping');
  for (let stop = stops.pop(); stop; stop = stops.pop()) await stop();
}
process.exit();
