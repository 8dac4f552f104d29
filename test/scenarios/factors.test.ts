/** The second factor: wrong numbers, missing SMS, late codes, skipping, guessing, and reuse. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createInvitedPerson,
  detailsSay,
  expectStatusToMatchDatabase,
  filtered,
  readSmsCode,
} from '../kit/engine.ts';
import { eventually } from '../kit/eventually.ts';
import { fieldsOf, OWN_PASSWORD, visible } from '../kit/pages.ts';
import type { Participant } from '../kit/participant.ts';
import { expectRejected } from '../kit/rejected.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';
import { WORDS } from '../kit/words.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment();
});
afterAll(() => testEnv.close());

/** What the code page shows by itself, once it contains `words`. */
const pageSays = (anna: Participant, words: string) =>
  eventually(async () => {
    const { text } = await anna.ask('/onboarding/sms/code/delivery');
    return visible(text).includes(words) || undefined;
  });

const another = (code: string) => (code === '000000' ? '000001' : '000000');

it('14: a wrong number is typed; seen on the code page and changed, and its code counts for nothing', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  const wrong = '+31628887766';
  await anna.askCode('06 28 88 77 66');
  expect(anna.reads).toContain('De code gaat naar +31 6 28887766');
  expect(anna.reads).toContain('Telefoonnummer wijzigen');
  const stray = await readSmsCode(anna, 'enrol', wrong);
  await anna.longAfter();
  await anna.open('/onboarding/sms');
  await anna.doStep('sms');
  const code = await readSmsCode(anna);
  if (stray !== code) {
    await anna.enterCode(stray);
    expectRejected(anna, 'code', 'Deze code is niet juist. Kijk naar de nieuwste SMS');
  }
  await anna.enterCode(code);
  expect(anna.path).toBe('/onboarding/app');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it('14: a wrong number is typed in place of one that works; the old one counts until the new one is verified', async () => {
  const anna = await createInvitedPerson(testEnv, 'app', 'sms');
  await anna.open('/onboarding/sms');
  await anna.submit({ ...fieldsOf.sms('06 28 88 77 55'), ...fieldsOf.ownPassword() });
  await anna.code('+31628887755');
  expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said.facts.smsVerified).toBe(true);

  const tablet = anna.elsewhere();
  await tablet.openLink();
  await tablet.submit({ password: OWN_PASSWORD });
  await tablet.enterCode(await readSmsCode(tablet, 'sign-in'));
  expect(tablet.path).toBe('/onboarding/app');
  expect(testEnv.phone.messages().filter(({ to }) => to === '+31628887755')).toHaveLength(1);
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it('15: the provider refuses the number; the page and the operator say it, and another number or the app goes on', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await anna.askCode('06 12340001');
  await pageSays(anna, WORDS.smsDelivery.nl.titles['bad-number']);
  await anna.open('/onboarding/sms/code');
  for (const way of ['Telefoonnummer wijzigen', WORDS.smsCode.nl.setUpApp]) expect(anna.reads).toContain(way);
  expect(anna.reads).not.toContain(WORDS.smsCode.nl.resend);
  expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said.problem).toBe('sms-undeliverable');
  await filtered(testEnv, anna.onboardingId, { OnboardingProblem: 'sms-undeliverable' });
  await detailsSay(testEnv, anna.onboardingId, 'The page offers the person another number');

  await anna.open('/onboarding/sms');
  await anna.doStep('sms');
  await anna.enterCode(await readSmsCode(anna));
  expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said).toMatchObject({
    step: 'app',
    problem: null,
  });
});

it('15: the provider is in trouble for a while; the page says so, and the SMS comes', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await anna.askCode('06 12340002');
  await pageSays(anna, WORDS.smsDelivery.nl.details.delayed);
  await pageSays(anna, WORDS.smsDelivery.nl.sent);
  await anna.enterCode(await anna.code('+31612340002'));
  expect(anna.path).toBe('/onboarding/app');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it.each([
  ['a landline', '020 1234567', WORDS.smsNumber.nl.errors['not-mobile']],
  ['a blocked country', '+1 202 555 0123', WORDS.smsNumber.nl.errors['other-country']],
])(
  '15: the number can get no SMS (%s); said at once, before anything is sent',
  async (_what, phone, words) => {
    const anna = await createInvitedPerson(testEnv, 'sms');
    await anna.askCode(phone);
    expectRejected(anna, 'phone', words);
    expect(await testEnv.db.sql('sms_code').where({ personId: anna.personId })).toEqual([]);
    await expectStatusToMatchDatabase(testEnv, anna.personId);
  },
);

it('16: the code comes after it expired, then two come; the page says which one counts, and a new one is a click', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await anna.doStep('sms');
  const late = await readSmsCode(anna);
  const longAgo = testEnv.db.sql.raw(`now() - interval '6 minutes'`);
  await testEnv.db
    .sql('sms_code')
    .where({ personId: anna.personId })
    .update({ requestedAt: longAgo, sentAt: longAgo });
  await anna.enterCode(late);
  expectRejected(anna, 'code', WORDS.smsCode.nl.errors.expired);
  await anna.submit({ action: 'resend' });
  const newest = await readSmsCode(anna);
  await pageSays(anna, WORDS.smsDelivery.nl.newest);
  if (late !== newest) {
    await anna.enterCode(late);
    expectRejected(anna, 'code', WORDS.smsCode.nl.errors.wrong);
  }
  await anna.enterCode(newest);
  expect(anna.path).toBe('/onboarding/app');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it('17: five wrong codes; the right one counts no more, the page says how long, and then a new one works', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await anna.doStep('sms');
  const code = await readSmsCode(anna);
  for (let i = 0; i < 5; i++) await anna.enterCode(another(code));
  await anna.enterCode(code);
  expectRejected(anna, 'code', WORDS.smsCode.nl.errors['too-many']);
  expect(anna.reads).toMatch(/Opnieuw sturen kan over \d+ seconden/);
  expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said.facts.smsVerified).toBe(false);
  await anna.longAfter();
  await anna.submit({ action: 'resend' });
  await anna.enterCode(await readSmsCode(anna));
  expect(anna.path).toBe('/onboarding/app');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it('17: 200 guesses at once; at most five are compared, and none of them is told more', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await anna.doStep('sms');
  const code = Number(await readSmsCode(anna));
  const guesses = Array.from({ length: 200 }, (_, i) => String((code + 1 + i) % 1_000_000).padStart(6, '0'));
  const answers = await Promise.all(
    guesses.map((guess) => anna.post(anna.path, { code: guess, action: 'confirm' })),
  );
  expect(
    answers.filter(({ text }) => text.includes(WORDS.smsCode.nl.errors.wrong)).length,
  ).toBeLessThanOrEqual(5);
  // A session's requests have their turns: on a slow machine some wait too long for theirs, and nothing is compared.
  expect(answers.filter(({ status }) => ![422, 429].includes(status))).toEqual([]);
  await anna.enterCode(String(code).padStart(6, '0'));
  expectRejected(anna, 'code', WORDS.smsCode.nl.errors['too-many']);
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it.each([
  ['SMS', 'the app', '/onboarding/sms', '/onboarding/app'],
  ['the app', 'SMS', '/onboarding/app', '/onboarding/sms'],
])(
  '18: both factors are skipped (%s, then %s); said plainly, with both ways back',
  async (_one, _two, first, second) => {
    const anna = await createInvitedPerson(testEnv, 'sms');
    await anna.open(first);
    await anna.skip();
    await anna.open(second);
    await anna.skip();
    expect([anna.page.status, anna.path]).toEqual([422, second]);
    const { errors } = second.endsWith('app') ? WORDS.app.nl : WORDS.smsNumber.nl;
    expect(anna.reads).toContain(errors['no-way-left']);
    expect(anna.page.text).toContain(`href="${first}"`);
    expect(anna.page.text).toContain(`name="${second.endsWith('app') ? 'token' : 'phone'}"`);
    expect((await anna.ask('/onboarding/profile')).status).toBe(303);
    const { said } = await expectStatusToMatchDatabase(testEnv, anna.personId);
    expect(said.facts.smsSkipped && said.facts.appSkipped).toBe(false);
  },
);

it('19: SMS is skipped, the app tried and given up; back to SMS, and the way goes on', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await anna.skip();
  await anna.registerApp('000000');
  await anna.open('/onboarding/sms');
  await anna.doStep('sms');
  expect((await expectStatusToMatchDatabase(testEnv, anna.personId)).said.facts.smsSkipped).toBe(false);
  await anna.enterCode(await readSmsCode(anna));
  expect(anna.path).toBe('/onboarding/app');
  await anna.skip();
  expect(anna.path).toBe('/onboarding/profile');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it('20: the phone’s clock is wrong; after three refused tokens the page says to check the time, and then the right one works', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await anna.skip();
  const right = await anna.token();
  for (let i = 0; i < 3; i++) {
    expect(anna.reads).not.toContain(WORDS.app.nl.errors['wrong-clock']);
    await anna.registerApp(another(right));
  }
  expectRejected(anna, 'token', WORDS.app.nl.errors['wrong-clock']);
  await anna.registerApp(await anna.token());
  expect(anna.path).toBe('/onboarding/profile');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it.each(['sms', 'app'] as const)(
  '21: the same proof by %s is used from ten devices at once, and once more; one success',
  async (factor) => {
    const anna = await createInvitedPerson(testEnv, 'profile', factor);
    await anna.longAfter();
    const devices: Participant[] = [];
    for (let i = 0; i < 10; i++) {
      const device = anna.elsewhere();
      await device.openLink();
      await device.submit({ password: OWN_PASSWORD });
      expect(device.path).toBe(`/onboarding/continue/${factor}`);
      devices.push(device);
    }
    const fields: Record<string, string> =
      factor === 'app'
        ? { token: await anna.token() }
        : { code: await anna.smsCode('sign-in'), action: 'confirm' };
    const answers = await Promise.all(devices.map((device) => device.post(device.path, fields)));
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(9);
    const late = devices[answers.findIndex(({ status }) => status === 422)]!;
    expect((await late.post(late.path, fields)).status).toBe(422);
    await expectStatusToMatchDatabase(testEnv, anna.personId);
  },
);
