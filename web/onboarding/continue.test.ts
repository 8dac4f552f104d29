/** Resuming on another device and days later: what is set up is proven again, then the exact step. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OWN_PASSWORD } from '../../test/kit/pages.ts';
import { type Factor, Participant, type Place } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';
import { WORDS } from '../../test/kit/words.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

type Stopped = { place: Place; factor?: Factor; asks: ('password' | 'sms' | 'app')[]; path: string };

const STOPPED: Stopped[] = [
  { place: 'terms', asks: [], path: '/onboarding/terms' },
  { place: 'password', asks: [], path: '/onboarding/password' },
  { place: 'sms', asks: ['password'], path: '/onboarding/sms' },
  { place: 'app', asks: ['password'], path: '/onboarding/app' },
  { place: 'app', factor: 'sms', asks: ['password', 'sms'], path: '/onboarding/app' },
  { place: 'profile', factor: 'sms', asks: ['password', 'sms'], path: '/onboarding/profile' },
  { place: 'profile', factor: 'app', asks: ['password', 'app'], path: '/onboarding/profile' },
  { place: 'profile', factor: 'both', asks: ['password', 'app'], path: '/onboarding/profile' },
];

it.each(STOPPED)(
  'who stopped at $place with $factor is asked $asks on a new device, and is then at $path',
  async ({ place, factor, asks, path }) => {
    const anna = await new Participant(testEnv).to(place, factor);
    await anna.longAfter();
    const phone = anna.elsewhere();
    await phone.openLink();
    for (const proof of asks) {
      expect(phone.path).toBe(`/onboarding/continue${proof === 'password' ? '' : `/${proof}`}`);
      if (proof === 'password') await phone.submit({ password: OWN_PASSWORD });
      if (proof === 'sms') await phone.enterCode(await phone.smsCode('sign-in'));
      if (proof === 'app') await phone.submit({ token: await phone.token() });
    }
    expect([phone.path, phone.page.status]).toEqual([path, 200]);
  },
);

/** On a new device, at the page that asks for the person's password. */
async function atPassword(factor: Factor = 'app'): Promise<Participant> {
  const anna = await new Participant(testEnv).to('profile', factor);
  await anna.longAfter();
  const phone = anna.elsewhere();
  await phone.openLink();
  return phone;
}

async function atFactor(factor: Factor): Promise<Participant> {
  const phone = await atPassword(factor);
  await phone.submit({ password: OWN_PASSWORD });
  return phone;
}

describe('the password', () => {
  it('is asked with the user name beside it, for password managers', async () => {
    const phone = await atPassword();
    expect(phone.page.text).toContain(`value="${phone.email}"`);
    expect(phone.page.text).toContain('autocomplete="current-password"');
  });

  it.each([
    ['', 'Vul uw eigen wachtwoord in.'],
    ['iets heel anders', WORDS.ownPassword.nl.errors.wrong],
    [`${OWN_PASSWORD} `, WORDS.ownPassword.nl.errors.wrong],
    [OWN_PASSWORD.toUpperCase(), WORDS.ownPassword.nl.errors.wrong],
  ])('typed as "%s" is refused with words at the field', async (password, words) => {
    const phone = await atPassword();
    await phone.submit({ password });
    expect(phone.page.status).toBe(422);
    expect(phone.page.text.split(words)).toHaveLength(3);
    expect(phone.page.text).toContain('href="#password"');
    if (password) expect(phone.page.text).not.toContain(`value="${password}"`);
  });

  it('the temporary one opens nothing any more', async () => {
    const anna = await new Participant(testEnv).to('password');
    const temporary = await anna.temporaryPassword();
    await anna.doStep('password');
    const phone = anna.elsewhere();
    await phone.openLink();
    await phone.submit({ password: temporary });
    expect(phone.page.status).toBe(422);
  });

  it('is not compared after ten wrong tries in a quarter of an hour, and says how long', async () => {
    const phone = await atPassword();
    for (let i = 0; i < 10; i++) await phone.submit({ password: `guess ${i}` });
    await phone.submit({ password: OWN_PASSWORD });
    expect(phone.page.status).toBe(422);
    expect(phone.reads).toContain(WORDS.ownPassword.nl.errors['too-many']);
  });

  it('guessed at 40 times at once is compared ten times at most', async () => {
    const phone = await atPassword();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        phone.post(phone.path, { password: i === 39 ? OWN_PASSWORD : `guess ${i}` }),
      ),
    );
    const compared = answers.filter(
      ({ text, status }) => status === 303 || text.includes('Dit wachtwoord is niet juist'),
    );
    expect(compared.length).toBeLessThanOrEqual(10);
  });
});

describe('the second factor', () => {
  it('alone is not enough: without the password its pages lead back', async () => {
    const phone = await atPassword('both');
    for (const path of ['/onboarding/continue/sms', '/onboarding/continue/app'])
      expect(await phone.ask(path)).toMatchObject({ status: 303, location: '/onboarding/continue' });
    const posted = await phone.post('/onboarding/continue/app', { token: await phone.token() });
    expect(posted).toMatchObject({ status: 303, location: '/onboarding/continue' });
    await phone.open('/onboarding/profile');
    expect(phone.path).toBe('/onboarding/continue');
  });

  it('by SMS: the number is hidden but for its end, and the SMS left with the POST', async () => {
    const phone = await atFactor('sms');
    expect(phone.reads).toContain(`eindigt op ${phone.phone.slice(-2)}.`);
    expect(phone.page.text).not.toContain(phone.phone.slice(3, 9));
    const codes = () => testEnv.db.sql('sms_code').where({ personId: phone.personId, purpose: 'sign-in' });
    expect(await codes()).toHaveLength(1);
    for (let i = 0; i < 5; i++) await phone.ask('/onboarding/continue/sms');
    expect(await codes()).toHaveLength(1);
  });

  it('may be the other one of the two', async () => {
    const phone = await atFactor('both');
    expect(phone.path).toBe('/onboarding/continue/app');
    await phone.submit({ action: 'resend' }, '/onboarding/continue/sms');
    expect(phone.path).toBe('/onboarding/continue/sms');
    await phone.enterCode(await phone.smsCode('sign-in'));
    expect(phone.path).toBe('/onboarding/profile');
  });

  it.each([
    ['sms', 'code', '', WORDS.smsCode.nl.errors.missing],
    ['sms', 'code', '12345', WORDS.smsCode.nl.errors['not-six']],
    ['sms', 'code', 'abcdef', WORDS.smsCode.nl.errors['not-six']],
    ['app', 'token', '', 'Vul het token uit de app in.'],
    ['app', 'token', '1234567', WORDS.app.nl.errors['not-six']],
    ['app', 'token', '000000', WORDS.app.nl.errors.wrong],
  ] as const)('%s, %s "%s": refused in words, and not shown again', async (factor, name, typed, words) => {
    const phone = await atFactor(factor);
    await phone.submit({ [name]: typed, action: 'confirm' });
    expect(phone.page.status).toBe(422);
    expect(phone.page.text.split(words)).toHaveLength(3);
    expect(phone.page.text).toContain(`href="#${name}"`);
    if (typed) expect(phone.page.text).not.toContain(`value="${typed}"`);
  });

  it('the code of the first set-up is none for going on', async () => {
    const anna = await new Participant(testEnv).to('sms');
    await anna.doStep('sms');
    const code = await anna.smsCode();
    await anna.doStep('smsCode');
    const phone = anna.elsewhere();
    await phone.openLink();
    await phone.submit({ password: OWN_PASSWORD });
    await phone.enterCode(code);
    expect(phone.page.status).toBe(422);
  });

  it('after three wrong tokens the page says to look at the clock of the phone', async () => {
    const phone = await atFactor('app');
    for (let i = 0; i < 3; i++) await phone.submit({ token: `00000${i}` });
    expect(phone.reads).toContain(WORDS.app.nl.errors['wrong-clock']);
  });
});

it('who asked for a new password and then reloads, or takes the other language, is asked for what is missing', async () => {
  const anna = await new Participant(testEnv).to('sms');
  const phone = anna.elsewhere();
  await phone.openLink();
  await phone.submit({}, '/onboarding/continue/forgotten');
  expect(phone.page.status).toBe(200);
  await phone.open('/onboarding/continue/forgotten');
  expect([phone.path, phone.page.status]).toEqual(['/onboarding/continue', 200]);
});

it('a link alone, forwarded after the password step, opens nothing', async () => {
  const anna = await new Participant(testEnv).to('sms');
  const other = anna.elsewhere();
  await other.openLink();
  for (const path of ['/onboarding/sms', '/onboarding/app', '/onboarding/profile', '/messages'])
    expect((await other.ask(path)).status).toBe(303);
  expect(other.page.text).not.toContain('secret');
});
