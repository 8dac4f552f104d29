/** Authenticator tokens: RFC 6238 by the database's clock, one step of tolerance, each accepted once. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { atOnce, somebody } from '../test/kit/message.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { tokenOf } from '../tools/tryout/authenticator.ts';
import { addAppSecret, appFactorIsSet, appSecret, checkToken } from './appFactor.ts';
import { transaction } from './connect.ts';
import { person } from './people.ts';
import { writeTogether } from './together.ts';

const STEP_MS = 30_000;

let testEnv: TestEnvironment;
let personId: string;
let secret: string;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());
beforeEach(withNewPerson);

async function withNewPerson(): Promise<void> {
  ({ personId } = await somebody(testEnv));
  await addAppSecret(testEnv.db, await owner());
  secret = await appSecret(testEnv.db, await owner());
}

async function databaseNow(): Promise<number> {
  const { rows } = await testEnv.db.sql.raw<{ ms: number }>(
    'select extract(epoch from clock_timestamp())::float * 1000 as ms',
  );
  return rows[0]!.ms;
}

/** The token `steps` time steps from the database's now. */
const token = async (steps = 0): Promise<string> => tokenOf(secret, (await databaseNow()) + steps * STEP_MS);

/** What `work` finds within one time step; repeated with another person when a step ended in between. */
async function withinOneStep<T>(work: () => Promise<T>): Promise<T> {
  const step = async () => Math.floor((await databaseNow()) / STEP_MS);
  for (;;) {
    const before = await step();
    const found = await work();
    if ((await step()) === before) return found;
    await withNewPerson();
  }
}

const owner = () => person(testEnv.db, personId);
const check = async (typed: string): Promise<boolean> => {
  const of = await owner();
  return transaction(testEnv.db, async (tx) => {
    const right = await checkToken(tx, of, typed);
    if (right) await writeTogether(tx, { besides: right.writes });
    return right !== undefined;
  });
};
const inTurn = async (first: string, second: string) => [await check(first), await check(second)];
const row = () => testEnv.db.sql('app_factor').where({ personId }).first();
const setLastStep = (sql: string) =>
  testEnv.db.sql.raw(`update app_factor set last_step = ${sql} where person_id = ?`, [personId]);
const CURRENT_STEP = 'floor(extract(epoch from clock_timestamp()) / 30)::bigint';

describe('a token', () => {
  it('of this moment is right, and sets the factor up', async () => {
    expect(await appFactorIsSet(testEnv.db, personId)).toBe(false);
    expect(await check(await token())).toBe(true);
    expect(await appFactorIsSet(testEnv.db, personId)).toBe(true);
  });

  it('is right once, 20 times at once', async () => {
    const now = await token();
    const answers = await atOnce(20, () => check(now));
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('is never right again, nor is an older one', async () => {
    const [before, now] = [await token(-1), await token()];
    expect(await check(now)).toBe(true);
    expect(await check(now)).toBe(false);
    expect(await check(before)).toBe(false);
  });

  it('of one step earlier or later is right, for clocks that are a little off', async () => {
    const answers = () => Promise.all([token(-1), token(1)]).then(([early, late]) => inTurn(early!, late!));
    expect(await withinOneStep(answers)).toEqual([true, true]);
  });

  it.each([-20, -2, 2, 20])('%i steps off is refused', async (steps) => {
    expect(await withinOneStep(async () => check(await token(steps)))).toBe(false);
    expect(await appFactorIsSet(testEnv.db, personId)).toBe(false);
  });

  it('of another person is refused', async () => {
    const theirs = await token();
    ({ personId } = await somebody(testEnv));
    await addAppSecret(testEnv.db, await owner());
    expect(await check(theirs)).toBe(false);
  });

  it.each([
    '',
    '12345',
    '1234567',
    'abcdef',
    '１２３４５６',
    '12345６',
    "' or 1",
    '٠١٢٣٤٥',
    '-12345',
    '1e5000',
  ])('that is none is refused in silence: "%s"', async (typed) => {
    expect(await check(typed)).toBe(false);
  });

  it('of somebody without a secret is refused', async () => {
    ({ personId } = await somebody(testEnv));
    expect(await check('123456')).toBe(false);
  });
});

describe('a used step that lies in the future, after a clock was set back', () => {
  it.each([2, 3, 100, 1_000_000])('%i steps ahead: refused, and not an exception', async (steps) => {
    await setLastStep(`${CURRENT_STEP} + ${steps}`);
    expect(await check(await token())).toBe(false);
    expect(await check(await token(1))).toBe(false);
  });

  it('one step ahead, as after a phone that runs fast: refused until that step is over', async () => {
    await setLastStep(`${CURRENT_STEP} + 1`);
    expect(await check(await token())).toBe(false);
    await setLastStep(`${CURRENT_STEP} - 1`);
    expect(await check(await token(1))).toBe(true);
  });
});

describe('the secret', () => {
  it('has 160 bits in base32', () => {
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  });

  it('stays the same after wrong tokens and when it is asked for again', async () => {
    await atOnce(5, () => check('000000'));
    await addAppSecret(testEnv.db, await owner());
    expect(await appSecret(testEnv.db, await owner())).toBe(secret);
  });

  it('is another one for everybody, and sealed in its row', async () => {
    expect(JSON.stringify(await row())).not.toContain(secret);
    ({ personId } = await somebody(testEnv));
    await addAppSecret(testEnv.db, await owner());
    expect(await appSecret(testEnv.db, await owner())).not.toBe(secret);
  });
});

it('the first token fixes when the factor was set up', async () => {
  await check(await token());
  const { verifiedAt } = (await row())!;
  expect(await check(await token(1))).toBe(true);
  expect(verifiedAt).toEqual((await row())!.verifiedAt);
});
