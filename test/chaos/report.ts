/** The result of a run: a table for people, and JSON for programs. */

import type { Kind } from './childProcesses.ts';
import type { Behaviour } from './coverage.ts';
import type { Fault } from './faultList.ts';
import { FINDINGS } from './findings.ts';

export type Outcome = {
  people: number;
  faults: Record<Fault, number>;
  acknowledged: number;
  lost: number;
  half_done: number;
  stuck: number;
  disagree: number;
  repeats_in_flight: number;
  repeats_other: number;
  leaked: number;
  kills: number;
  resume_p95_s: number;
};

/** What a run must reach; with less it proves nothing. */
export type Demands = {
  people: number;
  kills: number;
  /** The minimum for each kind of behaviour. */
  eachDone: number;
  resumeWithinS: number;
};

export const NO_DEMANDS: Demands = {
  people: 1,
  kills: 1,
  eachDone: 0,
  resumeWithinS: Number.POSITIVE_INFINITY,
};

/** Why the run failed; empty when all is well. */
export function failures({
  outcome,
  wanted,
  demands,
  done,
}: Pick<Told, 'outcome' | 'wanted' | 'demands' | 'done'>): string[] {
  return [
    ...FINDINGS.filter((name) => outcome[name] > 0).map((name) => `${name}: ${outcome[name]}`),
    ...wanted.filter((fault) => outcome.faults[fault] === 0).map((fault) => `${fault} never struck`),
    ...tooLittle({ people: outcome.people, kills: outcome.kills }, demands),
    ...Object.entries(done)
      .filter(([, count]) => count < demands.eachDone)
      .map(([doing, count]) => `${doing}: ${count} times, less than ${demands.eachDone}`),
    ...(outcome.resume_p95_s > demands.resumeWithinS
      ? [`resume_p95_s: ${outcome.resume_p95_s}, more than ${demands.resumeWithinS}`]
      : []),
  ];
}

const tooLittle = (reached: Pick<Outcome, 'people' | 'kills'>, demands: Demands): string[] =>
  (['people', 'kills'] as const)
    .filter((name) => reached[name] < demands[name])
    .map((name) => `${name}: ${reached[name]}, less than ${demands[name]}`);

/**
 * 95th percentiles in seconds: until the killed process worked again, until anything of its kind did what somebody
 * needed, and until an interrupted send was retried. `resume_p95_s` covers the last two.
 */
export type Resumed = Record<Kind | 'service' | 'interrupted sends', number>;

export type Told = {
  outcome: Outcome;
  resumed: Resumed;
  done: Record<Behaviour, number>;
  lines: string[];
  replayed: number;
  seed: number;
  /** Faults that had to strike. */
  wanted: readonly Fault[];
  demands: Demands;
};

export function table(told: Told): string {
  const { outcome, resumed, done, lines, replayed, seed } = told;
  const { faults, ...numbers } = outcome;
  const rows = (entries: Record<string, number>) =>
    Object.entries(entries).map(([name, count]) => `  ${name.padEnd(30)}${String(count).padStart(8)}`);
  const failed = failures(told);
  return [
    'What was broken, and how often:',
    ...rows(faults),
    'What people did:',
    ...rows(done),
    'What came of it:',
    ...rows({ ...numbers, 'histories replayed': replayed }),
    'Seconds until that very process, the service, or an interrupted send went on (95 of 100):',
    ...rows(resumed),
    ...(lines.length ? ['Found:', ...lines.map((line) => `  ${line}`)] : []),
    failed.length ? `FAILED (--seed ${seed}): ${failed.join(', ')}` : `All is well (--seed ${seed}).`,
  ].join('\n');
}
