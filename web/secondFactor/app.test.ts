/** The authenticator app: the key in three forms, one secret, each token once, and helpful messages. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
  anna = await new Participant(testEnv).to('app');
});

it('the page has the QR code inline, the key in groups of four, and a link for the same phone', () => {
  const { text } = anna.page;
  expect(text).toMatch(/role="img" aria-label="QR-code voor de authenticatie-app"><svg/);
  expect(text).toMatch(/id="secret">([A-Z2-7]{4} ){7}[A-Z2-7]{4}</);
  const [, uri = ''] = /href="(otpauth:[^"]+)"/.exec(text)!;
  const link = new URL(uri.replaceAll('&amp;', '&'));
  expect(link.searchParams.get('secret')).toBe(anna.appKey);
  expect(link.searchParams.get('issuer')).toBe('Instap');
  expect(decodeURIComponent(link.pathname)).toContain(anna.email);
});

it.each([
  ['', 'Vul het token uit de app in.'],
  ['12345', 'Het token heeft zes cijfers.'],
  ['token', 'Het token heeft zes cijfers.'],
  ['000000', 'Dit token is niet juist.'],
  ['x'.repeat(10_000), 'Het token heeft zes cijfers.'],
])('"%.20s" is refused in words, and not shown again', async (token, words) => {
  await anna.registerApp(token);
  expectRejected(anna, 'token', words);
  if (token) expect(anna.page.text).not.toContain(`value="${token}"`);
});

it('the key stays the same after wrong tokens', async () => {
  await anna.submit({ token: '000000' });
  expect(anna.secret).toBe(anna.appKey);
  await anna.submit(await anna.rightFields('app'));
  expect(anna.path).toBe('/onboarding/profile');
});

it('after three wrong tokens the page says to look at the clock of the phone', async () => {
  for (let i = 0; i < 3; i++) await anna.submit({ token: `00000${i}` });
  expectRejected(anna, 'token', 'Controleer de tijd op uw telefoon');
});

it('tokens are compared ten times in a quarter of an hour, 40 at once too; SMS stays open', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) => anna.post(anna.path, { token: String(i).padStart(6, '0') })),
  );
  expect(answers.filter(({ text }) => text.includes('Dit token is niet juist')).length).toBeLessThanOrEqual(
    10,
  );
  await anna.submit(await anna.rightFields('app'));
  expectRejected(anna, 'token', 'te vaak een verkeerd token');
  expect((await anna.row()).appVerifiedAt).toBeNull();
  await anna.open('/onboarding/sms');
  await anna.doStep('sms');
});

it('a token that set up the app opens nothing else', async () => {
  const fields = await anna.rightFields('app');
  await anna.submit(fields);
  const phone = anna.elsewhere();
  await phone.openLink();
  await phone.submit({ password: 'vier blauwe fietsen 88' });
  await phone.submit({ token: fields.token! });
  expect(phone.page.status).toBe(422);
});

describe('who comes back to it', () => {
  it('after setting it up does not see the key again', async () => {
    await anna.doStep('app');
    await anna.open('/onboarding/app');
    expect(anna.reads).toContain('Uw authenticatie-app is geregistreerd.');
    expect(anna.page.text).not.toContain(anna.appKey.slice(0, 4));
    expect(anna.page.text).not.toContain('otpauth:');
  });

  it('after skipping it can set it up after all', async () => {
    const bob = await new Participant(testEnv).to('profile', 'sms');
    await bob.open('/onboarding/app');
    bob.appKey = bob.secret;
    await bob.doStep('app');
    expect(bob.path).toBe('/onboarding/profile');
    expect(await bob.row()).toMatchObject({ appSkippedAt: null, appVerifiedAt: expect.any(Date) });
  });
});
