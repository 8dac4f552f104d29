/** All workers together keep to the rate of mails that the mail server allows. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningWorker } from '../../activities/run.ts';
import { atOnce, somebody } from '../setup/message.ts';
import { eventually } from '../setup/person.ts';
import { secondWorker } from '../setup/secondWorker.ts';
import { createWorld, type World } from '../setup/world.ts';

const PER_SECOND = 8;
const MAILS = 48;
/** So long it takes at this rate, in milliseconds. */
const TAKES_MS = (MAILS / PER_SECOND) * 1_000;
/** One second’s worth may leave at once; and what leaves evenly may arrive less so, on a busy machine. */
const AT_ONCE = 2 * PER_SECOND;

let world: World;
let second: RunningWorker;
beforeAll(async () => {
  world = await createWorld({ worker: false, env: { LIMIT_MAILS_PER_SECOND: String(PER_SECOND) } });
  await atOnce(MAILS, () => somebody(world));
  await world.startWorker();
  second = await secondWorker(world);
});
afterAll(async () => {
  await second.stop();
  await world.close();
});

/** Between any two arrivals: how many more came than the rate lets through in that time. */
function mostBeyondTheRate(arrivals: number[]): number {
  const beyond = arrivals.flatMap((from, i) =>
    arrivals.slice(i).map((to, more) => more + 1 - (PER_SECOND * (to - from)) / 1_000),
  );
  return Math.max(...beyond);
}

it(
  'two workers with many mails to send stay below the rate and one second’s worth at once',
  async () => {
    const mails = await eventually(async () => {
      const all = await world.mailbox.mails();
      return all.length >= MAILS ? all : undefined;
    }, 4 * TAKES_MS);
    const arrivals = mails.map(({ receivedAt }) => receivedAt.getTime()).sort((a, b) => a - b);
    expect(mostBeyondTheRate(arrivals)).toBeLessThanOrEqual(AT_ONCE);
  },
  5 * TAKES_MS,
);
