/** A new key in front of SECRET_KEYS during onboardings: nobody notices. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createInvitedPerson, expectStatusToMatchDatabase } from '../kit/engine.ts';
import { linkIn, OWN_PASSWORD, temporaryPasswordIn } from '../kit/pages.ts';
import type { Participant } from '../kit/participant.ts';
import { sendMessage } from '../kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';

const someKey = () => randomBytes(32).toString('base64');
const OLD = `k1:${someKey()}`;

let testEnv: TestEnvironment;
const people = new Map<string, Participant>();
const waiting = {
  idempotent: { email: 'bob@example.com', key: 'the same call' },
  code: '',
  answer: {},
};
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { SECRET_KEYS: OLD, INVITE_EVERY: '200ms' } });
  for (const place of ['password', 'sms', 'code', 'profile', 'elsewhere', 'finished'] as const) {
    const step = place === 'code' ? 'sms' : place === 'elsewhere' ? 'profile' : place;
    people.set(place, await createInvitedPerson(testEnv, step, 'app'));
  }
  const anna = people.get('code')!;
  await anna.doStep('sms');
  waiting.code = await anna.code(anna.phone);
  await expectStatusToMatchDatabase(testEnv, people.get('finished')!.personId);
  waiting.answer = (await sendMessage(testEnv, waiting.idempotent)).answer;
  await testEnv.restart({ SECRET_KEYS: `k2:${someKey()},${OLD}` });
});
afterAll(() => testEnv.close());

const at = (place: string) => people.get(place)!;

it('40: a key is rotated; a page that was open before is posted after it, at every step, and the way goes on', async () => {
  await at('password').doStep('password');
  expect(at('password').path).toBe('/onboarding/sms');
  await at('sms').skip();
  expect(at('sms').path).toBe('/onboarding/app');
  await at('sms').doStep('app');
  await at('profile').doStep('profile');
  for (const place of ['password', 'sms', 'profile'])
    await expectStatusToMatchDatabase(testEnv, at(place).personId);
  expect((await at('profile').row()).status).toBe('completed');
});

it('40: a key is rotated; a code that came before counts', async () => {
  const anna = at('code');
  await anna.enterCode(waiting.code);
  expect(anna.path).toBe('/onboarding/app');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it('40: a key is rotated; an old mail’s link, the password and the app work on another device', async () => {
  const anna = at('elsewhere');
  await anna.longAfter();
  const phone = anna.elsewhere();
  await phone.openLink(linkIn(await anna.mail()));
  await phone.submit({ password: OWN_PASSWORD });
  await phone.submit({ token: await phone.token() });
  expect(phone.path).toBe('/onboarding/profile');
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});

it('40: a key is rotated; who has finished signs in and reads', async () => {
  const anna = at('finished');
  await anna.longAfter();
  const laptop = anna.elsewhere();
  await laptop.signIn('app');
  await laptop.open(`/messages/${anna.sent!.id}`);
  expect(laptop.reads).toContain('Beste collega, dit is vertrouwelijk.');
});

it('40: a key is rotated; the same call again gets the same answer, and a second message joins the same person', async () => {
  expect((await sendMessage(testEnv, waiting.idempotent)).answer).toEqual(waiting.answer);
  const { answer } = await sendMessage(testEnv, { email: at('sms').email });
  expect(answer.recipient.id).toBe(at('sms').personId);
});

it('40: a key is rotated; a mail of before and one of after it have the same temporary password, and both links work', async () => {
  const anna = await createInvitedPerson(testEnv, 'terms');
  const before = await anna.mail();
  await testEnv.restart({
    SECRET_KEYS: `k3:${someKey()},${(testEnv.config.SECRET_KEYS ?? []).map(({ id, key }) => `${id}:${key.toString('base64')}`).join()}`,
  });
  await sendMessage(testEnv, { email: anna.email });
  const after = await anna.mail(2);
  expect(temporaryPasswordIn(after)).toBe(temporaryPasswordIn(before));
  for (const mail of [before, after]) {
    const browser = anna.elsewhere();
    await browser.openLink(linkIn(mail));
    expect(browser.path).toBe('/onboarding/terms');
  }
  await expectStatusToMatchDatabase(testEnv, anna.personId);
});
