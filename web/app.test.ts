/** What every answer has in common: headers, allowed origins and sizes of posts, and no details for strangers. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dump } from '../test/kit/dump.ts';
import { eventually } from '../test/kit/eventually.ts';
import { noticeIn } from '../test/kit/pages.ts';
import { Participant } from '../test/kit/participant.ts';
import { webProcess } from '../test/kit/serverProcess.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import type { Answer } from '../test/kit/webClient.ts';

let testEnv: TestEnvironment;
let anna: Participant;
let bob: Participant;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
  anna = await new Participant(testEnv).to('sms');
  bob = await new Participant(testEnv).finished();
});
afterAll(() => testEnv.close());

/** One answer of every kind. */
const KINDS: [string, () => Promise<Answer>][] = [
  ['the page of the link', async () => anna.ask(await anna.link())],
  ['an unknown link', () => anna.ask('/i/unknown')],
  ['a step', () => anna.ask('/onboarding/sms')],
  ['a redirect', () => anna.ask('/onboarding/terms')],
  ['a rejected form', () => anna.post('/onboarding/sms', { phone: 'x' })],
  ['no session', () => new Participant(testEnv).ask('/onboarding/sms')],
  ['a page that is not there', () => anna.ask('/nowhere')],
  [
    'a form of another website',
    () => anna.ask('/onboarding/sms', { method: 'POST', headers: { origin: 'https://evil.example' } }),
  ],
  ['the sign-in', () => anna.ask('/sign-in')],
  ['a message', () => bob.ask(`/messages/${bob.sent!.id}`)],
  ['the list of messages', () => bob.ask('/messages')],
  ['a body that is too large', () => anna.post('/onboarding/sms', { phone: 'x'.repeat(40_000) })],
];

describe.each(KINDS)('%s', (_kind, ask) => {
  it('carries the policy: nothing from elsewhere, nothing inline, in no frame', async () => {
    const { headers } = await ask();
    const policy = headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).toContain("form-action 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
  });

  it('is not stored, not sniffed, and leaks no address to others', async () => {
    const { headers } = await ask();
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('has no inline script or style, and nothing of another host', async () => {
    const { text } = await ask();
    expect(text).not.toMatch(/<style|\sstyle=|<script(?![^>]*\ssrc="\/assets\/)|\son\w+=|hx-on/);
    expect(text).not.toMatch(/(src|href|action)="(https?:)?\/\//);
  });
});

it.each([
  ['the API', '/api/v1/recipients/search'],
  ['the API without a key', '/api/v1/messages'],
  ['what providers report', '/webhooks/mail'],
  ['whether the process lives', '/healthz'],
])('what %s answers is not stored either', async (_what, path) => {
  const key = path.endsWith('search') ? { Authorization: `Bearer ${testEnv.apiKey}` } : undefined;
  const asked = path === '/healthz' ? {} : { method: 'POST', body: JSON.stringify({ email: anna.email }) };
  const headers = { ...key, 'Content-Type': 'application/json' };
  const answer = await fetch(`${testEnv.url}${path}`, { ...asked, headers });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.ok).toBe(Boolean(key) || path === '/healthz');
});

describe('a page', () => {
  it('has a language, one main heading, a title, a way to get help and a switch of language', async () => {
    for (const [kind, ask] of KINDS) {
      const { text, location } = await ask();
      if (location) continue;
      expect(text, kind).toMatch(/<html lang="(nl|en)">/);
      expect(text.match(/<h1[ >]/g), kind).toHaveLength(1);
      expect(text, kind).toMatch(/<title>[^<]+<\/title>/);
      expect(text, kind).toContain('Hulp nodig?');
      expect(text, kind).toContain('action="/language"');
    }
  });

  it('of the onboarding has "I can’t do this"', async () => {
    for (const path of ['/onboarding/sms', '/onboarding/app'])
      expect((await anna.ask(path)).text).toContain('href="/onboarding/help"');
  });

  it('loads its style and scripts from here, to be kept for ever', async () => {
    const { text } = await anna.ask('/onboarding/sms');
    const files = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path!);
    expect(files).toHaveLength(4);
    for (const file of files) {
      const { status, headers } = await anna.ask(file);
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toContain('immutable');
      expect(headers.get('content-type')).toMatch(/^text\/(css|javascript); charset=utf-8$/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });
});

describe('a post from another website', () => {
  const FOREIGN: [string, Record<string, string>][] = [
    ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['Sec-Fetch-Site: same-site', { 'sec-fetch-site': 'same-site' }],
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['Origin: null', { origin: 'null' }],
    ['our host as a part of another', { origin: 'https://localhost.evil.example' }],
    ['cross-site with our Origin', { 'sec-fetch-site': 'cross-site', origin: 'http://localhost' }],
  ];

  it.each(FOREIGN)('%s: 403 in words, and nothing is written, on every path', async (_what, headers) => {
    await anna.open('/onboarding/sms');
    const formToken = /name="formToken" value="([^"]+)"/.exec(anna.page.text)![1]!;
    const link = await anna.link();
    const before = await dump(testEnv, ['outbox']);
    for (const path of [
      '/onboarding/sms',
      link,
      `${link}/not-me`,
      '/sign-in',
      '/sign-out',
      '/language',
      '/onboarding/help',
    ]) {
      const body = new URLSearchParams({ formToken, action: 'skip', locale: 'en', reason: 'other' });
      const { status, text } = await anna.ask(path, { method: 'POST', headers, body });
      expect(status, path).toBe(403);
      expect(noticeIn(text)).toBe('forbidden');
    }
    expect(await dump(testEnv, ['outbox'])).toBe(before);
  });

  it.each([
    ['Sec-Fetch-Site: same-origin', { 'sec-fetch-site': 'same-origin' }],
    ['typed by hand', { 'sec-fetch-site': 'none' }],
    ['our Origin', { origin: 'OURS' }],
    ['an old browser that says nothing', {}],
  ])('is not one that comes with %s', async (_what, headers) => {
    const real = Object.fromEntries(
      Object.entries(headers).map(([k, v]) => [k, v === 'OURS' ? testEnv.url : v]),
    );
    const { status } = await anna.ask('/language', {
      method: 'POST',
      headers: real,
      body: new URLSearchParams(),
    });
    expect(status).toBe(303);
  });
});

describe('odd requests', () => {
  it('a body that is too large is refused, in words, and not read to its end', async () => {
    const { status, text } = await anna.post('/onboarding/sms', { phone: '6'.repeat(1_000_000) });
    expect(status).toBe(413);
    expect(text).toMatch(/te (groot|lang|veel)/);
  });

  it.each([
    ['JSON', 'application/json', '{"phone":"0612345678","action":"send"}'],
    ['XML', 'text/xml', '<phone>0612345678</phone>'],
    ['nothing', 'text/plain', ''],
    [
      'broken escapes',
      'application/x-www-form-urlencoded',
      'phone=%E0%A4%A&a[b][c]=1&__proto__[x]=1&phone[]=1',
    ],
    [
      'a thousand fields',
      'application/x-www-form-urlencoded',
      Array.from({ length: 1_000 }, (_, i) => `f${i}=1`).join('&'),
    ],
  ])('%s instead of a form is no exception', async (_what, type, body) => {
    const { status } = await anna.ask('/onboarding/sms', {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect(status).toBeLessThan(500);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'QUERY'])(
    '%s on a page is answered, and does nothing',
    async (method) => {
      const before = await dump(testEnv, ['outbox']);
      expect((await anna.ask('/onboarding/sms', { method })).status).toBeGreaterThanOrEqual(400);
      expect(await dump(testEnv, ['outbox'])).toBe(before);
    },
  );

  it.each([
    '/%',
    '/%00',
    '/..%2f..%2fetc%2fpasswd',
    '/assets/../config.ts',
    '/assets/%2e%2e/config.ts',
    '/onboarding/',
  ])('%s is a page that is not there, and nothing of ours', async (path) => {
    const { status, text } = await anna.ask(path);
    expect([303, 400, 404]).toContain(status);
    expect(text).not.toContain('import');
  });
});

describe('for those who watch', () => {
  it('/healthz says that the process lives', async () => {
    expect(await anna.ask('/healthz')).toMatchObject({ status: 200, text: '{"ok":true}' });
  });

  it('/readyz says that database and engine answer', async () => {
    const { status, text } = await anna.ask('/readyz');
    expect([status, JSON.parse(text)]).toEqual([200, { database: true, temporal: true }]);
  });

  it('/readyz fails first when the process is told to stop, while requests that come are answered', async (test) => {
    const web = await webProcess(test, testEnv, { DRAIN_WAIT: '5s' });
    const ask = (path: string) => fetch(`${web.url}${path}`);
    const gone = web.stop();
    const notReady = await eventually(async () => {
      const answer = await ask('/readyz');
      return answer.status === 503 ? answer : undefined;
    });
    expect(await notReady.json()).toEqual({ database: true, temporal: true, stopping: true });
    expect([(await ask('/healthz')).status, (await ask('/sign-in')).status]).toEqual([200, 200]);
    expect(await gone).toEqual({ code: 0, signal: null });
    await expect(ask('/sign-in')).rejects.toThrow();
  });
});
