/** Signing in: password, then the second factor, then the page the person wanted. Strangers learn nothing. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD_COST } from '../../db/secrets.ts';
import { CHEAP_PASSWORDS } from '../../test/kit/environment.ts';
import { OWN_PASSWORD, visible } from '../../test/kit/pages.ts';
import { type Factor, Participant } from '../../test/kit/participant.ts';
import { expectRejected } from '../../test/kit/rejected.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';
import { WORDS } from '../../test/kit/words.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false, env: { LIMIT_SIGN_INS_PER_NETWORK: '10000' } });
});
afterAll(() => testEnv.close());

const WRONG = 'Het e-mailadres of het wachtwoord is niet juist.';

/** A person with an open account, in a browser without a session. */
async function somebodyElsewhere(factor: Factor = 'app'): Promise<Participant> {
  const anna = await new Participant(testEnv).finished(factor);
  await anna.longAfter();
  const laptop = anna.elsewhere();
  await laptop.open('/sign-in');
  return laptop;
}

const typePassword = (laptop: Participant, password = OWN_PASSWORD, email = laptop.email) =>
  laptop.submit({ email, password }, '/sign-in');

describe('a form that was sent empty', () => {
  it.each([
    ['', '', { email: 'Vul uw e-mailadres in.', password: 'Vul uw wachtwoord in.' }],
    [' ', 'x', { email: 'Vul uw e-mailadres in.' }],
    ['anna@example.com', '', { password: 'Vul uw wachtwoord in.' }],
  ])('"%s" with "%s" names the field, and is no try', async (email, password, wrong) => {
    const anna = new Participant(testEnv);
    await anna.open('/sign-in');
    const tries = () =>
      testEnv.db.sql('attempt').where('key', 'like', 'sign-in:%').orderBy('key').pluck('points');
    const before = await tries();
    await anna.submit({ email, password });
    for (const [field, words] of Object.entries(wrong)) expectRejected(anna, field, words);
    expect(anna.page.text.match(/aria-invalid/g)).toHaveLength(Object.keys(wrong).length);
    expect(await tries()).toEqual(before);
  });
});

describe('who gives everything right', () => {
  it.each(['sms', 'app'] as const)('with %s reads the messages', async (factor) => {
    const laptop = await somebodyElsewhere(factor);
    await typePassword(laptop);
    expect(laptop.path).toBe(`/sign-in/${factor}`);
    await laptop.submit(
      factor === 'app' ? { token: await laptop.token() } : { code: await laptop.smsCode('sign-in') },
    );
    expect([laptop.path, laptop.page.status]).toEqual(['/messages', 200]);
    expect(laptop.reads).toContain('Uw aanstelling');
  });

  it('is told what helps here when the SMS does not come: the number cannot be changed before signing in', async () => {
    const laptop = await somebodyElsewhere('sms');
    await typePassword(laptop);
    const failedAt = testEnv.db.sql.fn.now();
    const codes = testEnv.db.sql('sms_code').where({ personId: laptop.personId, purpose: 'sign-in' });
    await codes.update({ failedAt, failure: 'bad-number' });
    await laptop.open('/sign-in/sms');
    expect(laptop.reads).toContain('Gebruik de app als u die hebt ingesteld, of vraag om hulp.');
    expect(laptop.reads).not.toContain('Wijzig het nummer');
  });

  it('may write the address in capitals and the code with spaces and dashes', async () => {
    const laptop = await somebodyElsewhere('sms');
    await typePassword(laptop, OWN_PASSWORD, `  ${laptop.email.toUpperCase()} `);
    const code = await laptop.smsCode('sign-in');
    await laptop.submit({ code: ` ${code.slice(0, 3)}-${code.slice(3)} ` });
    expect(laptop.path).toBe('/messages');
  });

  it('comes to the message that was asked for first', async () => {
    const laptop = await somebodyElsewhere();
    const wanted = `/messages/${laptop.sent!.id}`;
    await laptop.open(wanted);
    expect(laptop.path).toBe('/sign-in');
    await typePassword(laptop);
    await laptop.submit({ token: await laptop.token() });
    expect(laptop.path).toBe(wanted);
  });

  it.each([
    '//evil.example',
    'https://evil.example',
    '/onboarding/terms',
    '/messages/../sign-out',
    '/messages\\evil',
  ])('is never led elsewhere by a cookie that somebody planted: %s', async (planted) => {
    const laptop = await somebodyElsewhere();
    laptop.cookies.set('__Host-going-to', planted);
    await typePassword(laptop);
    const { location } = await laptop.post('/sign-in/app', { token: await laptop.token() });
    expect(location).toBe('/messages');
  });

  it('with both factors may take the other one', async () => {
    const laptop = await somebodyElsewhere('both');
    await typePassword(laptop);
    expect(laptop.path).toBe('/sign-in/app');
    await laptop.submit({ action: 'resend' }, '/sign-in/sms');
    await laptop.submit({ code: await laptop.smsCode('sign-in') }, '/sign-in/sms');
    expect(laptop.path).toBe('/messages');
  });
});

describe('a stranger learns nothing', () => {
  it('a wrong password and an unknown address get the same words, status and headers', async () => {
    const laptop = await somebodyElsewhere();
    const unknown = { ...(await laptop.post('/sign-in', { email: 'nobody@example.com', password: 'x' })) };
    const wrong = await laptop.post('/sign-in', { email: laptop.email, password: 'x' });
    const without = (text: string) => text.replaceAll(laptop.email, '').replaceAll('nobody@example.com', '');
    expect(without(wrong.text)).toBe(without(unknown.text));
    expect(wrong.status).toBe(422);
    expect(unknown.status).toBe(422);
    expect(visible(wrong.text)).toContain(WRONG);
    expect(wrong.headers.getSetCookie()).toEqual([]);
  });

  it('an address whose account is not open yet gets them, too', async () => {
    const anna = await new Participant(testEnv).to('password');
    const { status, text } = await anna.elsewhere().post('/sign-in', { email: anna.email, password: 'x' });
    expect(status).toBe(422);
    expect(text).toContain(WRONG);
  });

  it('an unknown address takes as much work as a known one', async () => {
    const asInProduction = await createTestEnvironment({ worker: false, passwordCost: PASSWORD_COST });
    const laptop = await new Participant(asInProduction).finished('app');
    /** CPU time, not clock time, so that other load on the machine does not matter. */
    const worked = async (email: string) => {
      const begun = process.cpuUsage();
      await laptop.elsewhere().post('/sign-in', { email, password: 'wrong password' });
      return process.cpuUsage(begun).user;
    };
    const [known, unknown]: [number[], number[]] = [[], []];
    for (let i = 0; i < 5; i++) {
      known.push(await worked(laptop.email));
      unknown.push(await worked(`nobody${i}@example.com`));
    }
    // A hash takes tens of milliseconds and the rest a few: half as much would mean that a hash was left out.
    expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 2);
    await asInProduction.close();
  });

  it.each([
    ['10,000 characters', 'a'.repeat(10_000), 'b'.repeat(10_000)],
    ['signs a database dislikes', "' or 1=1 --\u0000", "' or 1=1 --\u0000"],
    ['markup', '"><script>alert(1)</script>', '<script>'],
  ])('%s: the same words, and text stays text', async (_what, email, password) => {
    const { status, text } = await new Participant(testEnv).post('/sign-in', { email, password });
    expect(status).toBe(422);
    expect(text).toContain(WRONG);
    expect(text).not.toContain('<script>alert');
  });
});

it('password managers find where a password is changed', async () => {
  const { status, location } = await new Participant(testEnv).ask('/.well-known/change-password');
  expect([status, location]).toEqual([303, '/forgot-password']);
});

describe('the form that was refused', () => {
  it('keeps the address and never the password, and says where to look', async () => {
    const laptop = await somebodyElsewhere();
    await typePassword(laptop, 'geheim woord hier');
    expect(laptop.page.text).toContain(`value="${laptop.email}"`);
    expect(laptop.page.text).not.toContain('geheim woord hier');
    expect(laptop.page.text).toContain('href="#email"');
    expect(laptop.page.text).toContain('Fout: Inloggen');
  });
});

describe('guessing', () => {
  it('a password is compared ten times in a quarter of an hour, 30 at once too', async () => {
    const laptop = await somebodyElsewhere();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        laptop.post('/sign-in', { email: laptop.email, password: i === 29 ? OWN_PASSWORD : `guess ${i}` }),
      ),
    );
    const compared = answers.filter(({ status, text }) => status === 303 || text.includes(WRONG));
    expect(compared.length).toBeLessThanOrEqual(10);
    const { status, text } = await laptop.post('/sign-in', { email: laptop.email, password: OWN_PASSWORD });
    expect(status).toBe(422);
    expect(text).toContain('Wacht een kwartier');
  });

  it('a guessed password uses up no tries of the factor', async () => {
    const laptop = await somebodyElsewhere();
    for (let i = 0; i < 9; i++) await typePassword(laptop, `guess ${i}`);
    await typePassword(laptop);
    expect(laptop.path).toBe('/sign-in/app');
    await laptop.submit({ token: await laptop.token() });
    expect(laptop.path).toBe('/messages');
  });

  it('a code five times wrong is dead, and a new one is a click', async () => {
    const laptop = await somebodyElsewhere('sms');
    await typePassword(laptop);
    const code = await laptop.smsCode('sign-in');
    const wrong = code === '000000' ? '000001' : '000000';
    for (let i = 0; i < 5; i++) await laptop.submit({ code: wrong });
    await laptop.submit({ code });
    expect(laptop.page.status).toBe(422);
    expect(laptop.reads).toContain(WORDS.smsCode.nl.errors['too-many']);
    await laptop.longAfter();
    await laptop.submit({ action: 'resend' });
    await laptop.submit({ code: await laptop.smsCode('sign-in') });
    expect(laptop.path).toBe('/messages');
  });

  it('a token is compared ten times in a quarter of an hour', async () => {
    const laptop = await somebodyElsewhere();
    await typePassword(laptop);
    for (let i = 0; i < 10; i++) await laptop.submit({ token: `00000${i}` });
    await laptop.submit({ token: await laptop.token() });
    expect(laptop.page.status).toBe(422);
    expect(laptop.reads).toContain(WORDS.app.nl.errors['too-many-no-sms']);
  });
});

describe('a session that is half-way', () => {
  it('reads nothing', async () => {
    const laptop = await somebodyElsewhere();
    await typePassword(laptop);
    for (const path of ['/messages', `/messages/${laptop.sent!.id}`])
      expect(await laptop.ask(path)).toMatchObject({ status: 303, location: '/sign-in' });
  });

  it('cannot be made whole with the factor of somebody else', async () => {
    const [anna, bob] = [await somebodyElsewhere(), await somebodyElsewhere()];
    await typePassword(anna);
    await anna.submit({ token: await bob.token() });
    expect(anna.page.status).toBe(422);
  });

  it('a form of another session proves nothing', async () => {
    const [anna, bob] = [await somebodyElsewhere(), await somebodyElsewhere()];
    await typePassword(anna);
    await typePassword(bob);
    anna.page = bob.page;
    expect(await anna.post('/sign-in/app', { token: await anna.token() })).toMatchObject({
      location: '/sign-in',
    });
    expect((await anna.ask('/messages')).status).toBe(303);
  });

  it('the first factor page without the password leads back', async () => {
    const laptop = await somebodyElsewhere();
    for (const path of ['/sign-in/app', '/sign-in/sms'])
      expect(await laptop.post(path, { token: await laptop.token() })).toMatchObject({
        location: '/sign-in',
      });
  });
});

it('who has not finished and knows the password is told so, and gets one more mail', async () => {
  const anna = await new Participant(testEnv).to('sms');
  const laptop = anna.elsewhere();
  // Somewhat later, because an invitation that still waits for its mail would be enough.
  const anHourAgo = testEnv.db.sql.raw(`now() - interval '1 hour'`);
  await testEnv.db.sql('onboarding').where({ personId: anna.personId }).update({ requestedAt: anHourAgo });
  await typePassword(laptop);
  expect(laptop.notice).toBe('notFinished');
  expect(laptop.session).toBeUndefined();
  expect((await anna.events()).at(-1)).toBe('invitation.requested');
});

it('who was stopped and knows the password is told whom to ask, and no mail is promised', async () => {
  const anna = await new Participant(testEnv).to('sms');
  const stopped = { status: 'cancelled' as const, endedAt: testEnv.db.sql.fn.now() };
  await testEnv.db.sql('onboarding').where({ personId: anna.personId }).update(stopped);
  const laptop = anna.elsewhere();
  await typePassword(laptop);
  expect(laptop.notice).toBe('cancelled');
  expect(laptop.reads).not.toContain('nieuwe e-mail');
  expect(await anna.events()).not.toContain('invitation.requested');
});

it('a password hash of other parameters is made again at sign-in', async () => {
  const laptop = await somebodyElsewhere();
  const { hash } = await import('argon2');
  const weak = await hash(OWN_PASSWORD, { ...CHEAP_PASSWORDS, timeCost: CHEAP_PASSWORDS.timeCost + 1 });
  await testEnv.db.sql('person').where({ id: laptop.personId }).update({ passwordHash: weak });
  await typePassword(laptop);
  expect(laptop.path).toBe('/sign-in/app');
  const { passwordHash } = (await testEnv.db.sql('person').where({ id: laptop.personId }).first())!;
  expect(passwordHash).toContain(`t=${CHEAP_PASSWORDS.timeCost}$`);
});

it.each(['Info@bücher', '\u200Einfo@xn--bcher-kva', 'info@BÜCHER'])(
  'one mailbox is found however its host is written: %j',
  async (start) => {
    const host = `xn--bcher-kva.${randomUUID()}.example`;
    const anna = await new Participant(testEnv, `info@${host}`).finished('app');
    await anna.longAfter();
    const laptop = anna.elsewhere();
    await laptop.open('/sign-in');
    await typePassword(laptop, OWN_PASSWORD, start + host.slice('xn--bcher-kva'.length));
    expect(laptop.reads).not.toContain(WRONG);
    expect(laptop.path).toBe('/sign-in/app');
  },
);
