/** How many SMS there may be in a day: for a person, a number, a range of numbers and a country. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { atOnce, somebody } from '../test/kit/message.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { smsRules } from '../web/smsRules.ts';
import { transaction } from './connect.ts';
import { addSmsCode } from './smsCodes.ts';

const PER_PERSON = 4;
const PER_NUMBER = 3;
const PER_PREFIX = 5;
const PER_COUNTRY = 8;

let testEnv: TestEnvironment;
beforeAll(async () => {
  const env = {
    LIMIT_SMS_PER_DAY: String(PER_PERSON),
    LIMIT_SMS_PER_NUMBER: String(PER_NUMBER),
    LIMIT_SMS_PER_PREFIX: String(PER_PREFIX),
    LIMIT_SMS_PER_COUNTRY: String(PER_COUNTRY),
  };
  testEnv = await createTestEnvironment({ worker: false, env });
});
afterAll(() => testEnv.close());
beforeEach(() => testEnv.db.sql('sms_code').delete());

/** What came of it: `sent`, or why not. Two that ask for the same number do not wait for each other. */
async function ask(personId: string, phone: string): Promise<string> {
  const rules = { ...smsRules(testEnv.config), resendAfterMs: [] };
  const added = await transaction(testEnv.db, (tx) =>
    addSmsCode(tx, { personId, purpose: 'enrol', phone, rules }),
  );
  return 'refused' in added ? added.refused : 'sent';
}
const somebodyAsks = async (phone: string) => ask((await somebody(testEnv)).personId, phone);

/** The nth number of a range, and of numbers that have no range in common. */
const inRange = (n: number) => `+31612345${String(n).padStart(3, '0')}`;
const apart = (n: number) => `+316${10 + n}345678`;
const sent = (outcomes: string[]) => outcomes.filter((outcome) => outcome === 'sent');
const dayLater = () =>
  testEnv.db.sql('sms_code').update({ requestedAt: testEnv.db.sql.raw(`requested_at - interval '1 day'`) });

describe('a number', () => {
  it('gets so many, whoever asks, and more the day after', async () => {
    for (let i = 0; i < PER_NUMBER; i++) expect(await somebodyAsks(inRange(1))).toBe('sent');
    expect(await somebodyAsks(inRange(1))).toBe('too-many');
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

describe('a range of numbers', () => {
  it('gets so many together, at once too, while numbers of another range go on', async () => {
    const people = await atOnce(20, () => somebody(testEnv));
    const outcomes = await atOnce(20, (i) => ask(people[i]!.personId, inRange(i)));
    expect(sent(outcomes)).toHaveLength(PER_PREFIX);
    expect(await somebodyAsks(apart(1))).toBe('sent');
  });
});

describe('a country', () => {
  it('gets so many together, while others go on', async () => {
    for (let i = 0; i < PER_COUNTRY; i++) expect(await somebodyAsks(apart(i))).toBe('sent');
    expect(await somebodyAsks(apart(PER_COUNTRY))).toBe('too-many');
    expect(await somebodyAsks('+32470123456')).toBe('sent');
  });
});

describe('a person', () => {
  it('gets so many, whatever the numbers, and more the day after', async () => {
    const { personId } = await somebody(testEnv);
    for (let i = 0; i < PER_PERSON; i++) expect(await ask(personId, apart(i))).toBe('sent');
    expect(await ask(personId, apart(PER_PERSON))).toBe('too-many');
    await dayLater();
    expect(await ask(personId, apart(PER_PERSON))).toBe('sent');
  });

  it('gets as many again when an operator allows it; for everybody else the number has had its share', async () => {
    const { personId } = await somebody(testEnv);
    for (let i = 0; i < PER_NUMBER; i++) expect(await ask(personId, apart(1))).toBe('sent');
    expect(await ask(personId, apart(2))).toBe('sent');
    expect(await ask(personId, apart(3))).toBe('too-many');
    await testEnv.db
      .sql('onboarding')
      .where({ personId })
      .update({ codesAllowedFrom: testEnv.db.sql.fn.now() });
    expect(await ask(personId, apart(1))).toBe('sent');
    expect(await somebodyAsks(apart(1))).toBe('too-many');
  });
});

it('the row shows the country, and neither the number nor its range', async () => {
  await somebodyAsks(inRange(7));
  const row = (await testEnv.db.sql('sms_code').first())!;
  expect(row.country).toBe('NL');
  expect(JSON.stringify(row)).not.toContain('12345');
});
