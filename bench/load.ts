/** Runs people one after the other, several at once, or at a steady rate. */
import { setTimeout as sleep } from 'node:timers/promises';

/** How long it took until everybody was through, in milliseconds. */
export type Load = { ms: number };

/** `atOnce` at any time, `people` in all. */
export async function closedLoop(
  { atOnce, people }: { atOnce: number; people: number },
  person: () => Promise<void>,
): Promise<Load> {
  const begun = performance.now();
  let left = people;
  async function oneAfterTheOther(): Promise<void> {
    while (left-- > 0) await person();
  }
  await Promise.all(Array.from({ length: atOnce }, oneAfterTheOther));
  return { ms: performance.now() - begun };
}

/** Starts a person at fixed intervals, whether or not earlier ones are through. `person` must not reject. */
export async function openArrival(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  person: () => Promise<void>,
): Promise<Load> {
  const begun = performance.now();
  const underWay: Promise<void>[] = [];
  for (let i = 0; i < perSecond * seconds; i++) {
    await sleep(Math.max(0, begun + (i * 1000) / perSecond - performance.now()));
    underWay.push(person());
  }
  await Promise.all(underWay);
  return { ms: performance.now() - begun };
}
