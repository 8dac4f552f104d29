/** Hundreds of simultaneous requests of one person, link or network delay nobody else. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { waitForLock } from '../../test/kit/locks.ts';
import { noticeIn } from '../../test/kit/pages.ts';
import { Participant } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';
import type { Answer } from '../../test/kit/webClient.ts';
import { createTurns, TooManyAtOnce } from './inFlight.ts';

const OFFICE = '192.0.2.1';
const STRANGER = '198.51.100.1';
/** Per link and network, by default. */
const PRESSES = 30;

let testEnv: TestEnvironment;
let anna: Participant;
let bob: Participant;
beforeAll(async () => {
  testEnv = await createTestEnvironment({
    worker: false,
    env: { TRUST_PROXY: '1' },
  });
  anna = new Participant(testEnv);
  await anna.invited();
  bob = await new Participant(testEnv).to('terms');
});
afterAll(() => testEnv.close());

const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const press = (link: string, address: string): Promise<Answer> =>
  new Participant(testEnv).ask(link, { method: 'POST', body: new URLSearchParams(), ...from(address) });
const many = <T>(count: number, ask: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, ask));
const countOf = (answers: Answer[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

/** What `work` returns while something else holds Anna's row, as an activity of the workflow does briefly. */
async function whileHeld<T>(work: () => Promise<T>): Promise<T> {
  const lock = await testEnv.db.sql.transaction();
  try {
    await lock('onboarding').where({ id: anna.onboardingId }).forUpdate().first('id');
    return await work();
  } finally {
    await lock.rollback();
  }
}

describe('while everything of one link waits for a lock', () => {
  it('another person is served, in the same network too; and who waits too long is told to try again', async () => {
    const link = await anna.link();
    let over = false;
    const [answers, others] = await whileHeld(async () => {
      const stuck = many(20, () => press(link, STRANGER).finally(() => (over = true)));
      await waitForLock(testEnv, 2);
      const served = await Promise.all([
        bob.ask('/onboarding/terms', from(STRANGER)),
        bob.ask('/onboarding/terms', from(OFFICE)),
      ]);
      expect(over).toBe(false);
      return [await stuck, served];
    });
    expect(others.map(({ status }) => status)).toEqual([200, 200]);
    const gaveUp = answers.find(({ status }) => status === 503)!;
    expect(noticeIn(gaveUp.text)).toBe('overloaded');
    expect(Number(gaveUp.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await press(await anna.link(), STRANGER)).status).toBe(303);
  });
});

describe('many at once', () => {
  it('of one network address, two hundred people who open a page at once all get it', async () => {
    const link = await anna.link();
    expect(countOf(await many(200, () => anna.ask('/sign-in', from(OFFICE))), 200)).toBe(200);
    expect(countOf(await many(60, () => anna.ask(link, from(OFFICE))), 200)).toBe(60);
  });

  it('with one link, beyond what may wait, is said in words, and at once', async () => {
    const link = await anna.link();
    const [refused, all] = await whileHeld(async () => {
      const answers = Array.from({ length: 120 }, () => press(link, OFFICE));
      return [await Promise.race(answers), Promise.all(answers)];
    });
    expect(refused.status).toBe(429);
    expect(noticeIn(refused.text)).toBe('overloaded');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(countOf(await all, 303)).toBe(PRESSES);
  });
});

describe('the button of one link', () => {
  it('has an end from one network, that no other reaches and no double click', async () => {
    const link = await anna.link();
    expect(countOf(await many(2, () => press(link, STRANGER)), 303)).toBe(2);
    const answers = await many(PRESSES, () => press(link, STRANGER));
    expect([countOf(answers, 303), countOf(answers, 429)]).toEqual([PRESSES - 2, 2]);
    expect((await press(link, OFFICE)).status).toBe(303);
    expect((await anna.ask(link, from(STRANGER))).status).toBe(200);
  });
});

describe('turns', () => {
  it('are taken in the order of arrival, so many at once for each key', async () => {
    const inTurn = createTurns(2);
    const seen: string[] = [];
    const open: (() => void)[] = [];
    const enter = (key: string, name: string) =>
      inTurn(key, () => {
        seen.push(name);
        return new Promise<void>((done) => open.push(done));
      });
    const all = [enter('a', 'a1'), enter('a', 'a2'), enter('a', 'a3'), enter('a', 'a4'), enter('b', 'b1')];
    expect(seen).toEqual(['a1', 'a2', 'b1']);
    while (seen.length < 5 || open.length) {
      open.shift()?.();
      await Promise.resolve();
    }
    await Promise.all(all);
    expect(seen).toEqual(['a1', 'a2', 'b1', 'a3', 'a4']);
  });

  it('go on after a failure, and end where too many wait', async () => {
    const inTurn = createTurns(1);
    await expect(inTurn('a', () => Promise.reject(new Error('its own')))).rejects.toThrow('its own');
    expect(await inTurn('a', async () => 'next')).toBe('next');
    let done = () => {};
    const first = inTurn('a', () => new Promise<void>((resolve) => (done = resolve)));
    const waiting = Array.from({ length: 60 }, () => inTurn('a', async () => 'waited'));
    const outcomes = Promise.allSettled(waiting);
    done();
    await first;
    const refused = (await outcomes).filter((outcome) => outcome.status === 'rejected');
    expect(refused.length).toBe(10);
    expect(refused[0]!.reason).toBeInstanceOf(TooManyAtOnce);
  });
});
