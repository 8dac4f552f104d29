/** Interrupted and resumed elsewhere, double clicks, and two people in one browser. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { allSettled, dump } from '../kit/dump.ts';
import { createInvitedPerson, expectStatusToMatchDatabase, readSmsCode } from '../kit/engine.ts';
import { linkIn, OWN_PASSWORD } from '../kit/pages.ts';
import { type Factor, Participant, type Place } from '../kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';
import type { Answer } from '../kit/webClient.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment();
});
afterAll(() => testEnv.close());

type Stopped = { place: Place; factor?: Factor; asks: ('password' | 'sms' | 'app')[]; path: string };

const STOPPED: Stopped[] = [
  { place: 'terms', asks: [], path: '/onboarding/terms' },
  { place: 'password', asks: [], path: '/onboarding/password' },
  { place: 'sms', asks: ['password'], path: '/onboarding/sms' },
  { place: 'app', factor: 'app', asks: ['password'], path: '/onboarding/app' },
  { place: 'app', factor: 'sms', asks: ['password', 'sms'], path: '/onboarding/app' },
  { place: 'profile', factor: 'sms', asks: ['password', 'sms'], path: '/onboarding/profile' },
  { place: 'profile', factor: 'app', asks: ['password', 'app'], path: '/onboarding/profile' },
  { place: 'profile', factor: 'both', asks: ['password', 'app'], path: '/onboarding/profile' },
];

it.each(STOPPED)(
  '7: the browser is closed at any step (at $place, with $factor); the same mail on a phone a week later asks $asks, then goes on at $path',
  async ({ place, factor, asks, path }) => {
    const anna = await createInvitedPerson(testEnv, place, factor);
    await anna.longAfter();
    const week = testEnv.db.sql.raw(`now() - interval '7 days'`);
    await testEnv.db
      .sql('session')
      .where({ personId: anna.personId })
      .update({ createdAt: week, seenAt: week });
    await testEnv.db
      .sql('onboarding')
      .where({ id: anna.onboardingId })
      .update({ progressedAt: week, requestedAt: week });
    expect((await anna.ask(path)).status).toBe(401);

    const phone = anna.elsewhere();
    await phone.openLink(linkIn(await anna.mail()));
    for (const proof of asks) {
      expect(phone.path).toBe(`/onboarding/continue${proof === 'password' ? '' : `/${proof}`}`);
      if (proof === 'password') await phone.submit({ password: OWN_PASSWORD });
      if (proof === 'sms') await phone.enterCode(await readSmsCode(phone, 'sign-in'));
      if (proof === 'app') await phone.submit({ token: await phone.token() });
    }
    expect([phone.path, phone.page.status]).toEqual([path, 200]);
    await expectStatusToMatchDatabase(testEnv, anna.personId);
  },
);

/** Of three simultaneous answers, each with its own session id, the browser keeps the one created last. */
async function keepsNewest(anna: Participant, answers: Answer[]): Promise<void> {
  for (const { headers } of answers) {
    const [pair = ''] =
      headers
        .getSetCookie()
        .find((line) => line.startsWith('__Host-session='))
        ?.split(';') ?? [];
    const [name = '', value = ''] = pair.split('=');
    if (value) anna.cookies.set(name, value);
    if ((await anna.ask('/onboarding/continue')).status !== 401) return;
  }
}

it('8: every form is posted three times at once, and again; one effect each, and the page is the one for now', async () => {
  const anna = await createInvitedPerson(testEnv, 'terms');
  const steps = ['terms', 'password', 'sms', 'smsCode', 'app', 'profile'] as const;
  for (const step of steps) {
    const { path } = anna;
    if (step === 'sms') await anna.readKey();
    const fields = await anna.rightFields(step);
    const answers = await Promise.all([1, 2, 3].map(() => anna.post(path, fields)));
    await keepsNewest(anna, answers);
    answers.push(await anna.post(path, fields));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303]);
    await expectStatusToMatchDatabase(testEnv, anna.personId);
    // Back button, reload, an old bookmark: each leads to the current step.
    if (step !== 'profile') await anna.open(answers[3]!.location!);
    expect(anna.page.status).toBe(200);
  }
  const { row } = await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect(row.status).toBe('completed');
  const done = [
    'terms.accepted',
    'password.changed',
    'sms.requested',
    'sms.verified',
    'app.verified',
    'profile.saved',
  ];
  const events = await anna.events();
  expect(done.map((event) => events.filter((one) => one === event).length)).toEqual(done.map(() => 1));
  expect(events.filter((event) => event.endsWith('.refused'))).toEqual([]);
  for (const old of ['/onboarding/terms', '/onboarding/sms', '/onboarding/finished']) {
    await anna.open(old);
    expect(anna.path).toMatch(/^\/messages/);
  }
});

it.each(['terms', 'password', 'sms', 'profile'] as const)(
  '9: Anna’s old tab (at %s) posts while Bob is signed up in the same browser; refused in words, nothing written for either',
  async (place) => {
    const anna = await createInvitedPerson(testEnv, place);
    const tab = anna.page;
    const bob = await createInvitedPerson(testEnv, place);
    const browser = new Participant(testEnv, bob.email);
    for (const [name, value] of bob.cookies) browser.cookies.set(name, value);
    const people = [anna, bob];
    for (const { personId } of people) await expectStatusToMatchDatabase(testEnv, personId);
    await allSettled(testEnv);
    const before = await dump(testEnv, ['session', 'audit']);
    const told = [await anna.events(), await bob.events()];

    browser.page = tab;
    const answer = await browser.submit(await anna.rightFields(place), anna.path);
    expect(answer.status).toBe(409);
    expect(browser.notice).toBe('otherTab');
    expect(await dump(testEnv, ['session', 'audit'])).toBe(before);
    // Of the session that the form was posted in.
    expect([await anna.events(), await bob.events()]).toEqual([told[0], [...told[1]!, 'form_token.refused']]);
    await browser.open('/onboarding/continue');
    expect(browser.path).toBe(anna.path);
    for (const { personId } of people) await expectStatusToMatchDatabase(testEnv, personId);
  },
);
