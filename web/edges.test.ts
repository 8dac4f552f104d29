/** Unusual clients, and what people find who look for it. */
import net from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../test/kit/eventually.ts';
import { Participant } from '../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({
    worker: false,
    env: { SECURITY_CONTACT: 'mailto:security@example.org' },
  });
});
afterAll(() => testEnv.close());

it('who hangs up in the middle of a form is counted, and is no error', async () => {
  const socket = net.connect(Number(new URL(testEnv.url).port), '127.0.0.1');
  await new Promise((connected) => socket.once('connect', connected));
  socket.write(
    'POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail=a',
  );
  await new Promise((written) => setImmediate(written));
  socket.destroy();
  const line = await eventually(async () => testEnv.logged.find((one) => one.includes('hung up')));
  expect(JSON.parse(line)).toMatchObject({ level: 30, hangUps: expect.any(Number) });
  expect(testEnv.logged.filter((one) => JSON.parse(one).level >= 50)).toEqual([]);
});

it('security.txt says where to report a weakness (RFC 9116), for less than a year', async () => {
  const answer = await fetch(`${testEnv.url}/.well-known/security.txt`);
  const text = await answer.text();
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(text).toContain('Contact: mailto:security@example.org\n');
  expect(text).toContain('Preferred-Languages: nl, en\n');
  expect(text).toContain(`Canonical: ${testEnv.config.PUBLIC_URL.origin}/.well-known/security.txt\n`);
  const ends = Date.parse(/^Expires: (.+)$/m.exec(text)![1]!) - Date.now();
  expect(ends).toBeGreaterThan(0);
  expect(ends).toBeLessThan(365 * 24 * 3600 * 1000);
});

it('every page gives up what it does not use', async () => {
  const policy = (await new Participant(testEnv).ask('/sign-in')).headers.get('permissions-policy')!;
  for (const feature of ['camera', 'geolocation', 'microphone', 'payment', 'usb'])
    expect(policy).toContain(`${feature}=()`);
});

it('pages that a link leads to ask for no window of their own; inner pages do', async () => {
  const anna = await new Participant(testEnv).to('sms');
  const policyOf = async (path: string) => (await anna.ask(path)).headers.get('cross-origin-opener-policy');
  for (const path of [
    await anna.link(),
    '/i/unknown',
    '/sign-in',
    '/messages',
    '/reset/unknown',
    '/',
    '/genuine',
  ])
    expect([path, await policyOf(path)]).toEqual([path, 'unsafe-none']);
  for (const path of ['/onboarding/sms', '/onboarding/continue', '/reset/password'])
    expect([path, await policyOf(path)]).toEqual([path, 'same-origin']);
});
