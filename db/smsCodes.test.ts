/** SMS codes under guessing: counted before compared, used once, and only the newest. */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askedCode } from '../test/kit/askedCode.ts';
import { atOnce, somebody } from '../test/kit/message.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { smsRules } from '../web/smsRules.ts';
import { transaction } from './connect.ts';
import { person } from './people.ts';
import {
  addSmsCode,
  type CodeVerdict,
  checkSmsCode,
  codeToSend,
  markSmsFailed,
  markSmsSent,
  newestSmsCode,
  type Purpose,
  recordReceipt,
  secondsUntilResend,
  setVerifiedPhone,
  verifiedPhone,
} from './smsCodes.ts';
import { writeTogether } from './together.ts';

const PHONE = '+31612345678';
const OTHER_PHONE = '+31687654321';

let testEnv: TestEnvironment;
let personId: string;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());
beforeEach(async () => {
  ({ personId } = await somebody(testEnv));
});

const ask = (phone = PHONE, purpose: Purpose = 'enrol', challenge = personId) =>
  askedCode(testEnv, { personId, phone, purpose, challenge });

/** Every code of this person is so much older. */
async function later(interval: string): Promise<void> {
  const before = (column: string) => testEnv.db.sql.raw('?? - ?::interval', [column, interval]);
  await testEnv.db
    .sql('sms_code')
    .where({ personId })
    .update({ requestedAt: before('requested_at'), sentAt: before('sent_at') });
}

/** Asks again later than the wait before the next SMS. */
async function askLater(phone = PHONE): Promise<string> {
  await later('10 minutes');
  return ask(phone);
}

/** Moves a time of every code of this person. */
const grow = (to: string, column: string) =>
  testEnv.db.sql.raw(`update sms_code set ${column} = ${to} where person_id = ?`, [personId]);

const rightCode = async (id: string) => testEnv.db.secrets.smsCode((await row(id))!);

const wrongOf = (code: string, i = 0) => String((Number(code) + 1 + i) % 1_000_000).padStart(6, '0');

async function check(typed: string, purpose: Purpose = 'enrol', challenge = personId): Promise<CodeVerdict> {
  const rules = smsRules(testEnv.config);
  return transaction(testEnv.db, async (tx) => {
    const checked = await checkSmsCode(tx, { personId, purpose, challenge, typed, rules });
    if ('writes' in checked) await writeTogether(tx, { besides: checked.writes });
    return checked.verdict;
  });
}

const row = (id: string) => testEnv.db.sql('sms_code').where({ id }).first();

describe('guessing', () => {
  it('50 wrong codes at once: five are compared, and the counter stops there', async () => {
    const id = await ask();
    const code = await rightCode(id);
    const verdicts = await atOnce(50, (i) => check(wrongOf(code, i)));
    expect(verdicts.filter((verdict) => verdict === 'wrong')).toHaveLength(5);
    expect(verdicts.filter((verdict) => verdict === 'too-many')).toHaveLength(45);
    expect((await row(id))!.tries).toBe(5);
  });

  it('after five wrong ones the right one is refused, 200 at once too', async () => {
    const id = await ask();
    const code = await rightCode(id);
    for (let i = 0; i < 5; i++) expect(await check(wrongOf(code, i))).toBe('wrong');
    const verdicts = await atOnce(200, (i) => check(i % 2 ? code : wrongOf(code, i)));
    expect(new Set(verdicts)).toEqual(new Set(['too-many']));
    expect(await row(id)).toMatchObject({ tries: 5, usedAt: null });
  });

  it('200 at once with the right one among them: at most five are compared, at most one is right', async () => {
    const id = await ask();
    const code = await rightCode(id);
    const verdicts = await atOnce(200, (i) => check(i === 100 ? code : wrongOf(code, i)));
    const compared = verdicts.filter((verdict) => verdict === 'wrong' || verdict === 'right');
    expect(compared.length).toBeLessThanOrEqual(5);
    expect((await row(id))!.tries).toBeLessThanOrEqual(5);
  });

  it('a new code gets five tries of its own, and a wrong one is counted though nothing else is written', async () => {
    const first = await ask();
    await atOnce(10, () => check(''));
    const second = await askLater();
    expect((await row(first))!.tries).toBe(5);
    expect((await row(second))!.tries).toBe(0);
    expect(await check(await rightCode(second))).toBe('right');
  });
});

describe('a right code', () => {
  it('is right once, 20 times at once', async () => {
    const code = await rightCode(await ask());
    const verdicts = await atOnce(20, () => check(code));
    expect(verdicts.filter((verdict) => verdict === 'right')).toHaveLength(1);
    expect(verdicts).not.toContain('wrong');
  });

  it('is never right again', async () => {
    const code = await rightCode(await ask());
    expect(await check(code)).toBe('right');
    expect(await check(code)).toBe('none');
  });

  it('of another person is wrong', async () => {
    const code = await rightCode(await ask());
    ({ personId } = await somebody(testEnv));
    await ask();
    expect(await check(code)).toBe('wrong');
  });

  it('for signing in does not confirm a number, and the other way round', async () => {
    const enrol = await rightCode(await ask(PHONE, 'enrol'));
    const signIn = await rightCode(await ask(PHONE, 'sign-in'));
    expect(await check(signIn, 'enrol')).toBe('wrong');
    expect(await check(enrol, 'sign-in')).toBe('wrong');
    expect(await check(enrol, 'enrol')).toBe('right');
  });
});

describe('of two codes', () => {
  it('only the newest counts', async () => {
    const first = await rightCode(await ask());
    const second = await rightCode(await askLater());
    expect(await check(first)).toBe('wrong');
    expect(await check(second)).toBe('right');
  });

  it('one to a new number leaves the old number as it is until it is confirmed', async () => {
    await transaction(testEnv.db, async (tx) => setVerifiedPhone(tx, await person(tx, personId), PHONE));
    await ask(OTHER_PHONE);
    expect(await verifiedPhone(testEnv.db, personId)).toBe(PHONE);
  });
});

describe('a challenge', () => {
  const [LAPTOP, PHONE_SESSION, TABLET, THIEF] = [1, 2, 3, 4].map(() => randomUUID()) as [
    string,
    string,
    string,
    string,
  ];

  it('takes only the code that was asked for in it', async () => {
    const code = await rightCode(await ask(PHONE, 'sign-in', LAPTOP));
    expect(await check(code, 'sign-in', PHONE_SESSION)).toBe('none');
    expect(await check(code, 'sign-in', LAPTOP)).toBe('right');
  });

  it('elsewhere is asked for without waiting, and supersedes nothing', async () => {
    const first = await ask(PHONE, 'sign-in', LAPTOP);
    const second = await ask(PHONE, 'sign-in', TABLET);
    for (const id of [first, second]) {
      const code = await codeToSend(testEnv.db, id, testEnv.config.SMS_CODE_TTL);
      expect(code).toMatchObject({ isSuperseded: false });
    }
    expect(await check(await rightCode(first), 'sign-in', LAPTOP)).toBe('right');
    expect(await check(await rightCode(second), 'sign-in', TABLET)).toBe('right');
  });

  it('of an onboarding ends what another one still waits for: its workflow sends the newest only', async () => {
    const first = await ask(PHONE, 'enrol', LAPTOP);
    const second = await ask(PHONE, 'enrol', TABLET);
    expect(await row(first)).toMatchObject({ failure: 'superseded' });
    await markSmsSent(testEnv.db, second, 'SM1');
    await ask(PHONE, 'enrol', LAPTOP);
    expect(await row(second)).toMatchObject({ failure: null });
  });

  it('is refused beside three live ones; those stay, and one that ended makes room', async () => {
    const first = await ask(PHONE, 'sign-in', LAPTOP);
    for (const challenge of [PHONE_SESSION, TABLET]) await ask(PHONE, 'sign-in', challenge);
    await expect(ask(PHONE, 'sign-in', THIEF)).rejects.toThrow('elsewhere');
    expect(await check(await rightCode(first), 'sign-in', LAPTOP)).toBe('right');
    await ask(PHONE, 'sign-in', THIEF);
  });
});

describe('time', () => {
  it('a code is dead five minutes after it was handed over, by the database’s clock', async () => {
    const id = await ask();
    const code = await rightCode(id);
    await markSmsSent(testEnv.db, id, 'SM1');
    await grow(`sent_at - interval '5 minutes'`, 'sent_at');
    expect(await check(code)).toBe('expired');
    expect((await row(id))!.tries).toBe(0);
  });

  it('its five minutes begin when it was handed over, not when it was asked for', async () => {
    const id = await ask();
    await grow(`requested_at - interval '4 minutes 50 seconds'`, 'requested_at');
    await markSmsSent(testEnv.db, id, 'SM1');
    await grow(`sent_at - interval '4 minutes 50 seconds'`, 'sent_at');
    expect(await check(await rightCode(id))).toBe('right');
  });

  it('one that was never handed over is dead five minutes after it was asked for', async () => {
    const code = await rightCode(await ask());
    await grow(`requested_at - interval '5 minutes'`, 'requested_at');
    expect(await check(code)).toBe('expired');
  });
});

describe('asking again', () => {
  const wait = async (challenge = personId) => {
    const rules = smsRules(testEnv.config);
    const asked = { personId, purpose: 'enrol', challenge, ttlMs: rules.ttlMs } as const;
    return secondsUntilResend(await newestSmsCode(testEnv.db, asked), rules);
  };

  async function sent(phone = PHONE): Promise<string> {
    const id = await ask(phone);
    await markSmsSent(testEnv.db, id, `SM${id}`);
    return id;
  }

  it('may be done after 30 seconds, then 60, then 120', async () => {
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      await sent();
      waits.push(await wait());
      await later('10 minutes');
    }
    expect(waits).toEqual([30, 60, 120, 120]);
  });

  it('begins to wait when the SMS was handed over, not when it was asked for', async () => {
    const id = await ask();
    await later('20 seconds');
    expect(await wait()).toBe(10);
    await markSmsSent(testEnv.db, id, 'SM1');
    expect(await wait()).toBe(30);
  });

  it('two clicks at once are one SMS, while the first is on its way', async () => {
    await ask();
    await expect(ask()).rejects.toThrow('wait');
  });

  it('waits no longer for SMS that never left', async () => {
    for (let i = 0; i < 3; i++) {
      await ask();
      await later('10 minutes');
    }
    await sent();
    expect(await wait()).toBe(30);
  });

  it('for another number waits as for the same one, so turns of numbers gain nothing', async () => {
    await sent(OTHER_PHONE);
    await expect(ask(PHONE)).rejects.toThrow('wait');
    await later('10 minutes');
    await sent(PHONE);
    expect(await wait()).toBe(60);
  });

  it('costs no wait when the provider says that it did not arrive', async () => {
    const id = await sent();
    await recordReceipt(testEnv.db, { providerId: `SM${id}`, failure: 'unreachable' });
    expect(await wait()).toBe(0);
  });

  it('too soon is refused with the seconds that are left', async () => {
    await ask();
    const rules = smsRules(testEnv.config);
    const again = await transaction(testEnv.db, (tx) =>
      addSmsCode(tx, { personId, purpose: 'enrol', challenge: personId, phone: PHONE, rules }),
    );
    expect(again).toEqual({ refused: 'wait', waitS: 30 });
  });

  it('costs no wait when the SMS failed', async () => {
    const id = await ask();
    await markSmsFailed(testEnv.db, id, 'refused');
    expect(await wait()).toBe(0);
  });
});

it('neither number nor code stands in the row', async () => {
  const id = await ask();
  const stored = JSON.stringify(await row(id));
  expect(stored).not.toContain('12345678');
  expect(stored).not.toContain(await rightCode(id));
  const rules = smsRules(testEnv.config);
  const newest = await newestSmsCode(testEnv.db, { personId, purpose: 'enrol', ttlMs: rules.ttlMs });
  expect(newest?.phone).toBe(PHONE);
});
