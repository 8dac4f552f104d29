/** One whole run: starts everything, sends people through the pages while things break, then asserts the result. */
import { setTimeout as sleep } from 'node:timers/promises';
import { letPeopleArrive } from './arrivals.ts';
import { assertOutcome } from './assertions.ts';
import type { Kind } from './childProcesses.ts';
import { choicesOf } from './choices.ts';
import { type Coverage, createCoverage } from './coverage.ts';
import { createFaultList, type Fault, type FaultList } from './faultList.ts';
import { secondsInterrupted } from './interrupted.ts';
import { breakThings } from './killer.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { keepMetrics } from './metrics.ts';
import type { Demands, Resumed, Told } from './report.ts';
import { measureResuming, quantile, type Resuming } from './resuming.ts';
import { openSystem, type System } from './system.ts';

const LOOK_EVERY_MS = 100;
/** Somebody who waits for a reminder waits this much longer than it takes. */
const SLEEPS_LONGER_MS = 8_000;
/** How long people may take to finish once nothing breaks any more. */
const FINISH_WITHIN_MS = 90_000;

export type Plan = {
  seed: number;
  /** Each of these must strike. */
  wanted: readonly Fault[];
  /** Otherwise the run fails. */
  demands: Demands;
  /** How long faults are caused, in milliseconds … */
  lastsMs: number;
  /** … and at most this much longer, until every wanted fault has struck. */
  graceMs: number;
  /** How long people keep arriving after the last fault, in milliseconds. */
  quietMs: number;
  /** The number of simultaneous onboardings. */
  atOnce: number;
  /** Pause between faults, in milliseconds. */
  pauseMs: [from: number, to: number];
  /** The probability of waiting until everything works before the next fault. */
  patience: number;
  /** Reminders are due after these, in seconds. */
  remindAfterS: number[];
  /** The workflows' code when it was bundled before. */
  bundlePath?: string;
  say: (text: string) => void;
  /** Called for each death and restart. */
  sayMore: (text: string) => void;
};

type Trial = { plan: Plan; system: System; faults: FaultList; ledger: Ledger; coverage: Coverage };

/** `stops` collects functions that stop everything, for somebody who interrupts the run; to be called last first. */
export async function runTrial(plan: Plan, stops: (() => unknown)[] = []): Promise<Told> {
  const faults = createFaultList();
  const resuming = measureResuming();
  try {
    const system = await openSystem({
      faults,
      choices: choicesOf(plan.seed, 'clocks'),
      remindAfter: plan.remindAfterS.map((seconds) => `${seconds}s`).join(','),
      listener: { killed: resuming.killed, say: plan.sayMore },
      bundlePath: plan.bundlePath,
      stops,
    });
    system.childProcesses.onWork(resuming.worked);
    const trial: Trial = { plan, system, faults, ledger: createLedger(), coverage: createCoverage() };
    await live(trial);
    return await tell(trial, resuming);
  } finally {
    for (const stop of stops.splice(0).reverse()) await stop();
  }
}

/** People come and go while things break, and for a while after. */
async function live({ plan, system, faults, ledger, coverage }: Trial): Promise<void> {
  const { seed, say, atOnce } = plan;
  const [calm, closed, ended] = [new AbortController(), new AbortController(), new AbortController()];
  say(`everything runs; breaking things for ${Math.round(plan.lastsMs / 1_000)} s`);
  const sleepMs = plan.remindAfterS[0]! * 1_000 + SLEEPS_LONGER_MS;
  const signals = { closed: closed.signal, ended: ended.signal };
  const reading = keepMetrics(system, ended.signal);
  const goingOn = letPeopleArrive({ system, ledger, seed, atOnce, sleepMs, coverage, ...signals });
  const breaking = breakThings({
    system,
    faults,
    choices: choicesOf(seed, 'killer'),
    pauseMs: plan.pauseMs,
    patience: plan.patience,
    remindAfterMs: remindAfterMs(plan),
    wanted: plan.wanted,
    signal: calm.signal,
  });
  await sleep(plan.lastsMs);
  const neverStruck = () => plan.wanted.some((fault) => faults.counts()[fault] === 0);
  for (const until = Date.now() + plan.graceMs; neverStruck() && Date.now() < until; )
    await sleep(LOOK_EVERY_MS);
  calm.abort();
  await breaking;
  await sleep(plan.quietMs);
  closed.abort();
  say(`${ledger.accounts.length} people came; nothing breaks any more, and they finish`);
  const late = setTimeout(() => ended.abort(), FINISH_WITHIN_MS);
  await goingOn;
  clearTimeout(late);
  ended.abort();
  await reading;
}

async function tell({ plan, system, faults, ledger, coverage }: Trial, resuming: Resuming): Promise<Told> {
  plan.say('judging');
  const service = resuming.ofService();
  const ofProcess = (kind: Kind) => p95(resuming.ofProcess(kind));
  const { findings, repeatsInFlight, replayed, records } = await assertOutcome(system, {
    ledger,
    remindAfterMs: remindAfterMs(plan),
  });
  const interrupted = secondsInterrupted(system.childProcesses.list, records);
  const resumed: Resumed = {
    web: ofProcess('web'),
    worker: ofProcess('worker'),
    temporal: ofProcess('temporal'),
    postgres: ofProcess('postgres'),
    service: p95(service),
    'interrupted sends': p95(interrupted),
  };
  const outcome = {
    people: ledger.accounts.length,
    faults: faults.counts(),
    acknowledged: ledger.count(),
    lost: findings.count('lost'),
    half_done: findings.count('half_done'),
    stuck: findings.count('stuck'),
    disagree: findings.count('disagree'),
    repeats_in_flight: repeatsInFlight,
    repeats_other: findings.count('repeats_other'),
    leaked: findings.count('leaked'),
    kills: service.length,
    resume_p95_s: p95([...service, ...interrupted]),
  };
  const { seed, wanted, demands } = plan;
  const done = coverage.counts();
  return { outcome, resumed, done, lines: findings.lines(), replayed, seed, wanted, demands };
}

const remindAfterMs = ({ remindAfterS }: Plan) => remindAfterS.map((seconds) => seconds * 1_000);

/** Rounded to a tenth of a second. */
const p95 = (seconds: number[]) => Math.round(quantile(seconds, 0.95) * 10) / 10;
