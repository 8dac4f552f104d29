/**
 * Mails and SMS that were sent more than once. Allowed is only a send in flight at a fault: identical text, at most
 * once for each fault.
 */

import type { ChildProcess } from './childProcesses.ts';
import type { Delivered } from './deliveries.ts';
import type { Findings } from './findings.ts';
import type { System } from './system.ts';

/** A send is in flight from shortly before it reached us until Temporal knows its outcome. */
const BEGUN_BEFORE_MS = 500;
const KNOWN_AFTER_MS = 1_500;
/** Processes killed within this time count as killed together. */
const ONE_MOMENT_MS = 100;
/** How long until everybody has reconnected to a restarted server. */
const AFTERMATH_MS: Record<ChildProcess['kind'], number> = {
  web: 0,
  worker: 0,
  postgres: 1_000,
  temporal: 2_000,
};

/** Returns how many were repeated because they were in flight. */
export function checkSends({ deliveries, childProcesses }: System, findings: Findings): number {
  const { mails, texts } = deliveries;
  const groups = [
    ...Map.groupBy(mails, ({ messageId }) => messageId ?? '').values(),
    ...Map.groupBy(texts, ({ to, text }) => `${to} ${text}`).values(),
  ];
  return groups.reduce((sum, group) => sum + repeatsOf(group, childProcesses.list, findings), 0);
}

/** Everything a person sees of it. */
const SAME = ['to', 'subject', 'text', 'html'] as const;

function repeatsOf(copies: Delivered[], childProcesses: ChildProcess[], findings: Findings): number {
  const [first, ...again] = copies;
  if (!first || again.length === 0) return 0;
  const name = first.messageId ?? `SMS to ${first.to}`;
  const other = (what: string) => findings.add('repeats_other', name, what);
  const changed = again.flatMap((copy) =>
    SAME.filter((part) => copy[part] !== first[part]).map((part) => [first[part], copy[part]]),
  );
  for (const [was, is] of changed) other(`sent again with another text: ${differenceOf(`${was}`, `${is}`)}`);
  // The last copy has no repeat to explain.
  const reasons = reasonsIn(copies.slice(0, -1).flatMap((copy) => faultsIn(copy, childProcesses)));
  if (again.length > reasons) other(`sent ${copies.length} times: ${copies.map(describe).join('; ')}`);
  return Math.min(again.length, reasons);
}

/** The first line that differs; nobody in it is real. */
function differenceOf(was: string, is: string): string {
  const lines = is.split('\n');
  const line = was.split('\n').findIndex((text, i) => text !== lines[i]);
  return `"${was.split('\n')[line]}" became "${lines[line]}"`;
}

const describe = ({ at, worker, answerLost }: Delivered) =>
  `${new Date(at).toISOString()} by ${worker}${answerLost ? ', answer lost' : ''}`;

/** Everything killed at one moment is one reason; a lost answer is another. */
function reasonsIn(faults: Struck[]): number {
  const lostAnswers = new Set(faults.filter(({ what }) => what === 'answer').map(({ at }) => at));
  const kills = faults.filter(({ what }) => what === 'kill').map(({ at }) => at);
  const first = kills.sort((a, b) => a - b).filter((at, i) => i === 0 || at - kills[i - 1]! > ONE_MOMENT_MS);
  return lostAnswers.size + first.length;
}

/** In milliseconds since the epoch. */
type Struck = { what: 'kill' | 'answer'; at: number };

/** The faults while this copy was in flight. */
function faultsIn(copy: Delivered, childProcesses: ChildProcess[]): Struck[] {
  const concerned = childProcesses.filter(
    ({ name, kind }) => name === copy.worker || kind === 'postgres' || kind === 'temporal',
  );
  const outages = concerned.flatMap(({ kind, outages }) =>
    outages
      .filter(({ from, until = Number.POSITIVE_INFINITY }) => {
        const isBefore = until + AFTERMATH_MS[kind] < copy.cameAt - BEGUN_BEFORE_MS;
        return !isBefore && from < copy.at + KNOWN_AFTER_MS;
      })
      .map(({ from }): Struck => ({ what: 'kill', at: from })),
  );
  return copy.answerLost ? [...outages, { what: 'answer', at: copy.at }] : outages;
}
