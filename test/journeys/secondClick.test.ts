/** A second click whose first answer never reached the browser: one effect, and the person continues. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { from } from '../kit/from.ts';
import { waitForLock } from '../kit/locks.ts';
import { Participant } from '../kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { TRUST_PROXY: '1' } });
});
afterAll(() => testEnv.close());

/** When the second click comes, and which answer's cookie the browser receives last. */
const CLICKS = {
  'one after the other, the first answer is dropped': { atOnce: false, last: 'second' },
  'both at once, the first answer is dropped': { atOnce: true, last: 'second' },
  'both at once, the first answer comes last': { atOnce: true, last: 'first' },
} as const;

type Clicks = (typeof CLICKS)[keyof typeof CLICKS];

async function clickTwice(
  person: Participant,
  fields: Record<string, string>,
  { atOnce, last }: Clicks,
): Promise<void> {
  const before = new Map(person.cookies);
  const { path } = person;
  const post = async () => {
    const answer = await person.post(path, fields);
    return { answer, cookies: new Map(person.cookies) };
  };
  const first = post();
  if (!atOnce) await first;
  setCookies(person, before);
  const second = post();
  const answers = { first: await first, second: await second };
  const { answer } = answers.second;
  expect(answer.status).toBe(303);
  setCookies(person, answers[last].cookies);
  await person.open(answer.location!);
}

function setCookies(person: Participant, cookies: Map<string, string>): void {
  person.cookies.clear();
  for (const [name, value] of cookies) person.cookies.set(name, value);
}

for (const [how, clicks] of Object.entries(CLICKS)) {
  it(`goes on at every step up (${how})`, async () => {
    const anna = await new Participant(testEnv).readingMails().to('password');
    await clickTwice(anna, await anna.rightFields('password'), clicks);
    expect(anna.path).toBe('/onboarding/sms');
    await anna.doStep('sms');
    await clickTwice(anna, await anna.rightFields('smsCode'), clicks);
    expect(anna.path).toBe('/onboarding/app');
    await clickTwice(anna, await anna.rightFields('app'), clicks);
    expect(anna.path).toBe('/onboarding/profile');
    const events = await anna.events();
    for (const event of ['password.changed', 'sms.verified', 'app.verified'])
      expect(events.filter((one) => one === event)).toHaveLength(1);
  });
}

it('that finds the temporary password gone, because the first one just set the password, goes on as well', async () => {
  const anna = await new Participant(testEnv).readingMails().to('password');
  const second = anna.elsewhere();
  setCookies(second, new Map(anna.cookies));
  // From another network, whose counter is held: it has read how things stood, and has not compared yet.
  await from('198.51.100.7', second).open('/onboarding/password');
  const fields = await anna.rightFields('password');
  await second.submit({ ...fields, currentPassword: 'wrong' });
  const lock = await testEnv.db.sql.transaction();
  await lock('attempt').forUpdate().select('key');
  const answer = second.post('/onboarding/password', fields);
  await waitForLock(testEnv);
  await anna.submit(fields);
  expect(anna.path).toBe('/onboarding/sms');
  await lock.commit();
  expect(await answer).toMatchObject({ status: 303, location: '/onboarding/continue' });
  await second.open('/onboarding/continue');
  expect(second.path).toBe('/onboarding/sms');
});
