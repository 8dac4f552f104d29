/**
 * All cookies have the same attributes; a browser that refuses cookies is told so instead of being redirected for
 * ever.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noticeIn, OWN_PASSWORD } from '../../test/kit/pages.ts';
import { Participant } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
let behindTls: TestEnvironment;
let anna: Participant;
beforeAll(async () => {
  [testEnv, behindTls] = await Promise.all([
    createTestEnvironment({ worker: false }),
    createTestEnvironment({ worker: false, env: { PUBLIC_URL: 'https://instap.example', TRUST_PROXY: '0' } }),
  ]);
  anna = await new Participant(testEnv).finished();
});
afterAll(() => Promise.all([testEnv.close(), behindTls.close()]));

/** A browser without cookies follows the redirects. */
async function followWithoutCookies(of: TestEnvironment, path: string, fields: Record<string, string> = {}) {
  const post = await fetch(of.url + path, {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
  const headers = { 'accept-language': 'nl' };
  const answer = await fetch(new URL(post.headers.get('location')!, of.url), { headers });
  return { status: answer.status, text: await answer.text() };
}

describe('a browser that keeps no cookies', () => {
  it.each([
    ['the button of the link', async () => [await (await invited()).link(), {}] as const],
    ['a right sign-in', async () => ['/sign-in', { email: anna.email, password: OWN_PASSWORD }] as const],
  ])('reads after %s that they are needed, and how', async (_what, posted) => {
    const [path, fields] = await posted();
    const { status, text } = await followWithoutCookies(testEnv, path, fields);
    expect(status).toBe(401);
    expect(noticeIn(text)).toBe('noCookies');
  });

  it('reads it in English, too', async () => {
    const answer = await fetch(`${testEnv.url}/sign-in/app?cookies=check`, {
      headers: { 'accept-language': 'en' },
    });
    expect(noticeIn(await answer.text())).toBe('noCookies');
  });
});

const invited = async (of = testEnv) => {
  const bob = new Participant(of);
  await bob.invited();
  return bob;
};

describe('a browser that keeps them', () => {
  it('goes on, and the address is clean again', async () => {
    const bob = await invited();
    const { location } = await bob.post(await bob.link(), {});
    const checked = await bob.ask(location!);
    expect(checked).toMatchObject({ status: 303, location: '/onboarding/continue' });
    expect((await bob.ask(checked.location!)).location).toBe('/onboarding/terms');
  });
});

describe('every cookie', () => {
  it('is bound to this host and to TLS, also where TLS ends at a proxy that says nothing', async () => {
    for (const of of [testEnv, behindTls]) {
      const bob = await invited(of);
      const answers = [
        await bob.post(await bob.link(), {}),
        await bob.post('/language', { locale: 'en', back: '/sign-in' }),
        await new Participant(of).ask('/messages/0199f0a0-0000-7000-8000-000000000000'),
      ];
      const cookies = answers.flatMap(({ headers }) => headers.getSetCookie());
      expect(answers.map(({ status }) => status)).toEqual([303, 303, 303]);
      expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual([
        '__Host-session',
        '__Host-locale',
        '__Host-going-to',
      ]);
      for (const cookie of cookies) {
        expect(cookie).toMatch(/; path=\/;/);
        expect(cookie).toMatch(/; secure; httponly$/);
        expect(cookie).not.toContain('domain');
      }
    }
  });

  it('that says "too soon" is of the same kind, and holds for its page only', async () => {
    const bob = await new Participant(testEnv).to('sms', 'sms');
    await bob.doStep('sms');
    await bob.submit({ action: 'resend' });
    expect(bob.cookies.get('__Host-too-soon')).toBeTruthy();
    expect(bob.reads).toMatch(/wachten|wacht/i);
  });
});

it('https without TRUST_PROXY is reported at start, with a hint', () => {
  expect(behindTls.logged.join('')).toContain('set TRUST_PROXY=1');
  expect(testEnv.logged.join('')).not.toContain('TRUST_PROXY');
});
