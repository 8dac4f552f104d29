/** The daily SMS limits: for a person, a number, a number range and a country. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { atOnce, somebody } from '../test/kit/message.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { smsRules } from '../web/smsRules.ts';
import { transaction } from './connect.ts';
import { person } from './people.ts';
import { addSmsCode, markSmsSent, type Purpose, setVerifiedPhone } from './smsCodes.ts';
import { writeTogether } from './together.ts';

const PER_PERSON = 4;
const PER_NUMBER = 3;
const PER_PREFIX = 5;
const PER_COUNTRY = 8;
const PER_CLIENT = 10;

let testEnv: TestEnvironment;
beforeAll(async () => {
  const env = {
    LIMIT_SMS_PER_DAY: String(PER_PERSON),
    LIMIT_SMS_PER_NUMBER: String(PER_NUMBER),
    LIMIT_SMS_PER_PREFIX: String(PER_PREFIX),
    LIMIT_SMS_PER_COUNTRY: String(PER_COUNTRY),
    LIMIT_SMS_PER_CLIENT: String(PER_CLIENT),
  };
  testEnv = await createTestEnvironment({ worker: false, env });
});
afterAll(() => testEnv.close());
beforeEach(() => testEnv.db.sql('sms_code').delete());

/** `sent`, or the limit that refused it. Two requests for the same number do not wait for each other. */
async function ask(
  personId: string,
  phone: string,
  { purpose = 'enrol', leaves = true }: { purpose?: Purpose; leaves?: boolean } = {},
): Promise<string> {
  const rules = { ...smsRules(testEnv.config), resendAfterMs: [] };
  const added = await transaction(testEnv.db, async (tx) => {
    const code = await addSmsCode(tx, { personId, purpose, challenge: personId, phone, rules });
    if ('writes' in code) await writeTogether(tx, { besides: code.writes });
    return code;
  });
  if ('limit' in added) return added.limit;
  if ('refused' in added) return added.refused;
  if (leaves) await markSmsSent(testEnv.db, added.id, added.id);
  return 'sent';
}
const somebodyAsks = async (phone: string) => ask((await somebody(testEnv)).personId, phone);

/** The nth number of one range, and of numbers that share no range. */
const inRange = (n: number) => `+31612345${String(n).padStart(3, '0')}`;
const apart = (n: number) => `+316${10 + n}345678`;
const sent = (outcomes: string[]) => outcomes.filter((outcome) => outcome === 'sent');
const dayLater = () =>
  testEnv.db.sql('sms_code').update({ requestedAt: testEnv.db.sql.raw(`requested_at - interval '1 day'`) });

describe('a number', () => {
  it('gets so many, no matter who asks, and more the day after', async () => {
    for (let i = 0; i < PER_NUMBER; i++) expect(await somebodyAsks(inRange(1))).toBe('sent');
    expect(await somebodyAsks(inRange(1))).toBe('sms-number');
    expect(await somebodyAsks(inRange(2))).toBe('sent');
    await dayLater();
    expect(await somebodyAsks(inRange(1))).toBe('sent');
  });

  it('gets no more when 20 people ask at once', async () => {
    const people = await atOnce(20, () => somebody(testEnv));
    const outcomes = await atOnce(20, (i) => ask(people[i]!.personId, inRange(1)));
    expect(sent(outcomes)).toHaveLength(PER_NUMBER);
  });
});

describe('the verified number of somebody', () => {
  it('is not used up by strangers, and what its owner gets counts for the owner alone', async () => {
    const { personId: owner } = await somebody(testEnv);
    await transaction(testEnv.db, async (tx) => setVerifiedPhone(tx, await person(tx, owner), inRange(1)));
    const strangers = [await somebody(testEnv), await somebody(testEnv)];
    for (let i = 0; i < PER_NUMBER; i++)
      expect(await ask(strangers[i % 2]!.personId, inRange(1))).toBe('sent');
    expect(await ask(strangers[0]!.personId, inRange(1))).toBe('sms-number');
    for (let i = 0; i < PER_PERSON; i++)
      expect(await ask(owner, inRange(1), { purpose: 'sign-in' })).toBe('sent');
    expect(await ask(owner, inRange(1), { purpose: 'sign-in' })).toBe('sms-person');
    expect(await somebodyAsks(inRange(2))).toBe('sent');
  });

  it('gets its codes when its range, its country and its organisation have had theirs', async () => {
    const { personId: owner } = await somebody(testEnv);
    await transaction(testEnv.db, async (tx) => setVerifiedPhone(tx, await person(tx, owner), inRange(1)));
    for (let i = 0; i < PER_PREFIX; i++) await somebodyAsks(inRange(i + 2));
    for (let i = 0; i < PER_COUNTRY; i++) await somebodyAsks(apart(i));
    expect(await somebodyAsks(apart(PER_COUNTRY))).toBe('sms-country');
    expect(await ask(owner, inRange(1), { purpose: 'sign-in' })).toBe('sent');
  });
});

describe('a range of numbers', () => {
  it('gets so many together, at once too, while numbers of another range go on', async () => {
    const people = await atOnce(20, () => somebody(testEnv));
    const outcomes = await atOnce(20, (i) => ask(people[i]!.personId, inRange(i)));
    expect(sent(outcomes)).toHaveLength(PER_PREFIX);
    expect(new Set(outcomes)).toEqual(new Set(['sent', 'sms-prefix']));
    expect(await somebodyAsks(apart(1))).toBe('sent');
  });
});

describe('a country', () => {
  it('gets so many together, while others go on', async () => {
    for (let i = 0; i < PER_COUNTRY; i++) expect(await somebodyAsks(apart(i))).toBe('sent');
    expect(await somebodyAsks(apart(PER_COUNTRY))).toBe('sms-country');
    expect(await somebodyAsks('+32470123456')).toBe('sent');
  });
});

describe('an organisation', () => {
  it('has so many for the people whom it invited, in whichever country', async () => {
    const belgian = (n: number) => `+3247${n}123456`;
    for (let i = 0; i < PER_CLIENT; i++)
      expect(await somebodyAsks(i % 2 ? apart(i) : belgian(i))).toBe('sent');
    expect(await somebodyAsks('+4915123456789')).toBe('sms-client');
  });
});

it('what was superseded before it left counts for nothing', async () => {
  const { personId } = await somebody(testEnv);
  for (let i = 0; i < PER_PERSON + 2; i++)
    expect(await ask(personId, apart(1), { leaves: false })).toBe('sent');
  await testEnv.db.sql('sms_code').update({ sentAt: testEnv.db.sql.fn.now(), failedAt: null, failure: null });
  expect(await ask(personId, apart(1))).toBe('sms-person');
});

describe('a person', () => {
  it('gets so many, whatever the numbers, and more the day after', async () => {
    const { personId } = await somebody(testEnv);
    for (let i = 0; i < PER_PERSON; i++) expect(await ask(personId, apart(i))).toBe('sent');
    expect(await ask(personId, apart(PER_PERSON))).toBe('sms-person');
    await dayLater();
    expect(await ask(personId, apart(PER_PERSON))).toBe('sent');
  });

  it('gets as many again when an operator allows it; for everybody else the number has had its share', async () => {
    const { personId } = await somebody(testEnv);
    for (let i = 0; i < PER_NUMBER; i++) expect(await ask(personId, apart(1))).toBe('sent');
    expect(await ask(personId, apart(2))).toBe('sent');
    expect(await ask(personId, apart(3))).toBe('sms-person');
    await testEnv.db
      .sql('onboarding')
      .where({ personId })
      .update({ codesAllowedFrom: testEnv.db.sql.fn.now() });
    expect(await ask(personId, apart(1))).toBe('sent');
    expect(await somebodyAsks(apart(1))).toBe('sms-number');
  });
});

it('the row shows the country, and neither the number nor its range', async () => {
  await somebodyAsks(inRange(7));
  const row = (await testEnv.db.sql('sms_code').first())!;
  expect(row.country).toBe('NL');
  expect(JSON.stringify(row)).not.toContain('12345');
});
