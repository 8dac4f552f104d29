/** "I can’t do this": a short choice that reaches sender and operator, with a way on afterwards. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Participant } from '../../test/kit/participant.ts';
import { expectRejected } from '../../test/kit/rejected.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
let anna: Participant;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());
beforeEach(async () => {
  anna = await new Participant(testEnv).to('sms');
  await anna.open('/onboarding/help');
});

it('asks what the matter is, and says who gets to see it', () => {
  expect(anna.reads).toContain('Dit lukt mij niet');
  expect(anna.reads).toContain('Ik heb geen mobiele telefoon');
  expect(anna.reads).toContain('De organisatie die u het bericht stuurde, krijgt dit te zien');
});

it('keeps the reason, thanks, and shows the way on', async () => {
  await anna.submit({ reason: 'no-phone' });
  expect(anna.notice).toBe('helpAsked');
  expect(anna.page.text).toContain('href="/onboarding/continue"');
  expect(await anna.row()).toMatchObject({ helpAskedAt: expect.any(Date), helpReason: 'no-phone' });
});

it.each(['', 'x', '<script>', 'constructor'])('"%s" is no reason: said in words', async (reason) => {
  await anna.submit({ reason });
  expectRejected(anna, 'reason', 'Kies wat er aan de hand is.');
  expect((await anna.row()).helpAskedAt).toBeNull();
});

it('is open to somebody who lost the phone and cannot prove it', async () => {
  const bob = await new Participant(testEnv).to('profile');
  const tablet = bob.elsewhere();
  await tablet.openLink();
  expect(tablet.path).toBe('/onboarding/continue');
  await tablet.open('/onboarding/help');
  await tablet.submit({ reason: 'lost-phone' });
  expect(await bob.row()).toMatchObject({ helpReason: 'lost-phone' });
  expect((await tablet.ask('/onboarding/profile')).location).toBe('/onboarding/continue');
});

it('going on after all takes it back', async () => {
  await anna.submit({ reason: 'no-sms' });
  await anna.open('/onboarding/sms');
  await anna.skip();
  expect((await anna.row()).helpAskedAt).toBeNull();
});

it('has an end in a day with whatever reasons, said kindly; the same reason again costs nothing', async () => {
  const ask = async (reason: string) => {
    await anna.open('/onboarding/help');
    await anna.submit({ reason });
  };
  for (let i = 0; i < 10; i++) {
    const reason = i % 2 ? 'no-sms' : 'no-app';
    await ask(reason);
    await ask(reason);
    expect(anna.path).toBe('/onboarding/help/asked');
  }
  await ask('no-phone');
  expectRejected(anna, 'reason', 'U hebt vandaag al vaak om hulp gevraagd.');
  expect(await anna.row()).toMatchObject({ helpReason: 'no-sms' });
  expect((await anna.events()).filter((event) => event === 'help.asked')).toHaveLength(10);
  await anna.open('/onboarding/sms');
  expect(anna.page.status).toBe(200);
});
