/** Causes one fault after the other: at chosen moments, and at random ones. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildProcess, Kind } from './childProcesses.ts';
import type { Choices } from './choices.ts';
import {
  type Fault,
  type FaultList,
  KILLS,
  type Kill,
  POINTS,
  type Point,
  PROVIDER_FAULTS,
  type ProviderFault,
} from './faultList.ts';
import type { System } from './system.ts';

/** How long to wait for a moment; after that it is tried again later. */
const MOMENT_WITHIN_MS = 6_000;
const LOOK_EVERY_MS = 20;
/** Longest wait for everything to work before the next fault. */
const UP_WITHIN_MS = 15_000;
/** Only timers that fire within this are waited for. */
const TIMER_WITHIN_MS = 5_000;
/** The kill strikes slightly before or after the timer. */
const AROUND_TIMER_MS = 60;
const TROUBLE_EVERY_MS: [number, number] = [600, 1_500];

export type KillerWish = {
  system: System;
  faults: FaultList;
  choices: Choices;
  /** Pause between faults, in milliseconds. */
  pauseMs: [from: number, to: number];
  remindAfterMs: number[];
  /** The probability of waiting until everything works before the next fault. */
  patience: number;
  /** Only these. */
  wanted: readonly Fault[];
  signal: AbortSignal;
};

/** Runs until `signal`. Every kind gets its turn before any is repeated. */
export async function breakThings(wish: KillerWish): Promise<void> {
  await Promise.all([killInTurn(wish), causeProviderFaults(wish)]);
}

const isPoint = (fault: Kill | Point): fault is Point => (POINTS as readonly string[]).includes(fault);

async function killInTurn(wish: KillerWish): Promise<void> {
  const { choices, pauseMs, patience, wanted, signal } = wish;
  const kinds = [...KILLS, ...POINTS].filter((fault) => wanted.includes(fault));
  let turn: (Kill | Point)[] = [];
  while (!signal.aborted) {
    if (turn.length === 0) turn = shuffled(choices, kinds);
    const fault = turn.pop()!;
    // Otherwise the kill strikes while another process is still restarting.
    if (fault === 'kill-all' || choices.chance(patience)) await allUp(wish);
    await sleep(choices.between(...pauseMs), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const struck = isPoint(fault) ? await killAt(wish, fault) : kill(wish, fault);
    // Its moment did not come: again later in this turn.
    if (!struck) turn.unshift(fault);
  }
}

async function allUp({ system, signal }: KillerWish): Promise<void> {
  const until = Date.now() + UP_WITHIN_MS;
  const isDown = () => system.childProcesses.list.some((part) => !part.isUp());
  while (isDown() && Date.now() < until && !signal.aborted) await sleep(LOOK_EVERY_MS);
}

function shuffled<T>(choices: Choices, list: T[]): T[] {
  const rest = [...list];
  return list.map(() => rest.splice(choices.whole(rest.length), 1)[0]!);
}

function kill({ system, faults, choices }: KillerWish, fault: Kill): boolean {
  const kind = fault.slice('kill-'.length) as Kind | 'all';
  const killed =
    kind === 'all'
      ? system.childProcesses.list.map((part) => part.kill()).every(Boolean)
      : killOne(choices, system.childProcesses.list, kind);
  if (killed) faults.struck(fault);
  return killed;
}

function killOne(choices: Choices, childProcesses: ChildProcess[], kind: Kind): boolean {
  const up = childProcesses.filter((part) => part.kind === kind && part.isUp());
  return up.length > 0 && choices.oneOf(up).kill();
}

async function killAt(wish: KillerWish, point: Point): Promise<boolean> {
  if (point === 'at-timer') return killAtTimer(wish);
  const { faults, signal } = wish;
  faults.arm(point);
  const until = Date.now() + MOMENT_WITHIN_MS;
  while (faults.isArmed(point) && Date.now() < until && !signal.aborted) await sleep(LOOK_EVERY_MS);
  const struck = !faults.isArmed(point);
  faults.disarm(point);
  return struck;
}

/** Kills Temporal, or all workers, when a reminder is due. */
async function killAtTimer({ system, faults, choices, remindAfterMs, signal }: KillerWish): Promise<boolean> {
  const due = (await dueSoon(system, remindAfterMs).catch(() => [])).at(0);
  if (!due) return false;
  const wait = due.at + choices.between(-AROUND_TIMER_MS, AROUND_TIMER_MS) - Date.now();
  await sleep(Math.max(0, wait), undefined, { signal }).catch(() => undefined);
  if (signal.aborted) return false;
  const targets = choices.chance(0.5) ? ['temporal'] : ['worker'];
  const killed = system.childProcesses.list
    .filter(({ kind }) => targets.includes(kind))
    .map((part) => part.kill());
  if (!killed.includes(true)) return false;
  faults.struck('at-timer');
  return true;
}

/** Reminders due within a few seconds, the next one first. */
async function dueSoon({ db }: System, remindAfterMs: number[]): Promise<{ at: number }[]> {
  const rows = await db
    .sql('onboarding')
    .where({ status: 'open' })
    .select('remindersCountFrom', 'lastReminder');
  return rows
    .filter(({ lastReminder }) => lastReminder < remindAfterMs.length)
    .map(({ remindersCountFrom, lastReminder }) => ({
      at: remindersCountFrom.getTime() + remindAfterMs[lastReminder]!,
    }))
    .filter(({ at }) => at > Date.now() && at < Date.now() + TIMER_WITHIN_MS)
    .sort((a, b) => a.at - b.at);
}

async function causeProviderFaults({ faults, choices, wanted, signal }: KillerWish): Promise<void> {
  const kinds = PROVIDER_FAULTS.filter((fault) => wanted.includes(fault));
  let turn: ProviderFault[] = [];
  while (!signal.aborted) {
    if (turn.length === 0) turn = shuffled(choices, kinds);
    const fault = turn.pop();
    if (fault) faults.arm(fault);
    await sleep(choices.between(...TROUBLE_EVERY_MS), undefined, { signal }).catch(() => undefined);
  }
  for (const fault of PROVIDER_FAULTS) faults.disarm(fault);
}
