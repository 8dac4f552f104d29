/**
 * `npm run faults`: breaks everything during onboardings, and reports what was lost. `--quick`: under two minutes.
 * `--minutes 15`, `--seed N`, `--json FILE`, `--verbose`. Exit code 1 when anything was lost, or when a kind of fault
 * never struck.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FAULTS } from './faultList.ts';
import { failures, NO_DEMANDS, table } from './report.ts';
import { type Plan, runTrial } from './trial.ts';

const MINUTE_MS = 60_000;

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    minutes: { type: 'string', default: '15' },
    seed: { type: 'string' },
    json: { type: 'string' },
    verbose: { type: 'boolean', default: false },
  },
});

const say = (text: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
/** Shorter runs are for experiments. */
const LONG_MINUTES = 15;
const LONG: Plan = {
  seed,
  say,
  sayMore: (text) => values.verbose && say(text),
  wanted: FAULTS,
  lastsMs: Number(values.minutes) * MINUTE_MS,
  graceMs: MINUTE_MS,
  demands:
    Number(values.minutes) < LONG_MINUTES
      ? NO_DEMANDS
      : { people: 500, kills: 200, eachDone: 10, resumeWithinS: 10 },
  quietMs: 4_000,
  patience: 0.8,
  atOnce: 16,
  pauseMs: [1_000, 2_500],
  remindAfterS: [12, 30, 60],
};
const QUICK: Plan = {
  ...LONG,
  lastsMs: 50_000,
  demands: { ...NO_DEMANDS, people: 30, kills: 10, eachDone: 1 },
  atOnce: 12,
  pauseMs: [300, 1_200],
  remindAfterS: [6, 12, 30],
};

const stops: (() => unknown)[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    say('stopping');
    for (const stop of stops.splice(0).reverse()) await stop();
    process.exit(130);
  });

const told = await runTrial(values.quick ? QUICK : LONG, stops);
console.log(table(told));
if (values.json) writeFileSync(values.json, `${JSON.stringify(told.outcome, null, 2)}\n`);
process.exit(failures(told).length > 0 ? 1 : 0);
