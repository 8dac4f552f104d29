/** The outcome of a run: as a table for people, and as JSON for programs. */
import type { Doing } from './doings.ts';
import type { Fault } from './faultList.ts';
import { FINDINGS } from './findings.ts';
import type { Kind } from './parts.ts';

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

/** Why the run failed, in words; empty when all is well. */
export function failures({ outcome, wanted }: Pick<Told, 'outcome' | 'wanted'>): string[] {
  return [
    ...FINDINGS.filter((name) => outcome[name] > 0).map((name) => `${name}: ${outcome[name]}`),
    ...wanted.filter((fault) => outcome.faults[fault] === 0).map((fault) => `${fault} never struck`),
  ];
}

/** 95 of 100 took no longer, in seconds: until the very process worked again, and until an interrupted send was taken up. */
export type Resumed = Record<Kind | 'interrupted sends', number>;

export type Told = {
  outcome: Outcome;
  resumed: Resumed;
  done: Record<Doing, number>;
  lines: string[];
  replayed: number;
  seed: number;
  /** Faults that had to strike. */
  wanted: readonly Fault[];
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
    'Seconds until that very process worked again (95 of 100):',
    ...rows(resumed),
    ...(lines.length ? ['Found:', ...lines.map((line) => `  ${line}`)] : []),
    failed.length ? `FAILED (--seed ${seed}): ${failed.join(', ')}` : `All is well (--seed ${seed}).`,
  ].join('\n');
}
