/**
 * Many invited people who wait: how fast they are accepted and mailed, how much memory they take, and what they cost
 * others.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Memory, rssMbOf } from './cpu.ts';
import { closedLoop } from './load.ts';
import { type Measured, measure } from './measures.ts';
import { sendMessage } from './sender.ts';
import type { BenchService } from './service.ts';

export type Rss = { web: Memory; worker: Memory };

export type Waiting = {
  people: number;
  fewer: number;
  acceptedPerSecond: number;
  mailedPerSecond: number;
  rss: { fewer: Rss; all: Rss };
  /** A single person who goes through while all the others wait. */
  alone: Measured;
};

const POSTING_AT_ONCE = 16;
const LOOK_EVERY_MS = 20;
/** After this long without a mail, in milliseconds, the rest is given up. */
const SILENCE_MS = 60_000;
/** After the last mail, in milliseconds, so that its workflow is waiting. */
const SETTLE_MS = 2_000;

export async function measureWaiting(
  service: BenchService,
  { people, fewer, goThrough }: { people: number; fewer: number; goThrough: number },
): Promise<Waiting> {
  await invite(service, fewer);
  const rssOfFewer = rssOf(service);
  const { acceptedPerSecond, mailedPerSecond } = await invite(service, people - fewer);
  const rssOfAll = rssOf(service);
  return {
    people,
    fewer,
    acceptedPerSecond,
    mailedPerSecond,
    rss: { fewer: rssOfFewer, all: rssOfAll },
    alone: await measure(service, (person) => closedLoop({ atOnce: 1, people: goThrough }, person)),
  };
}

const rssOf = ({ pids }: BenchService): Rss => ({ web: rssMbOf(pids.web), worker: rssMbOf(pids.worker) });

let invited = 0;

/** Returns when all have their mail and wait. */
async function invite(
  service: BenchService,
  people: number,
): Promise<{ acceptedPerSecond: number; mailedPerSecond: number }> {
  const { standIns } = service;
  const mailsBefore = standIns.mails();
  const begun = performance.now();
  const accepted = await closedLoop({ atOnce: POSTING_AT_ONCE, people }, () =>
    sendMessage(service, { email: `waiting.${++invited}@example.com`, body: 'Beste collega.' }),
  );
  await untilMailed(standIns, mailsBefore + people);
  const mailedMs = performance.now() - begun;
  await sleep(SETTLE_MS);
  return { acceptedPerSecond: (people * 1000) / accepted.ms, mailedPerSecond: (people * 1000) / mailedMs };
}

export async function untilMailed({ mails }: BenchService['standIns'], all: number): Promise<void> {
  let last = { mails: mails(), at: performance.now() };
  while (mails() < all) {
    if (mails() > last.mails) last = { mails: mails(), at: performance.now() };
    if (performance.now() - last.at > SILENCE_MS) throw new Error(`${all - mails()} mails do not come`);
    await sleep(LOOK_EVERY_MS);
  }
}
