/** What strangers can use up is limited, says so, and stops nobody else. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD_COST } from '../../db/secrets.ts';
import { noticeIn } from '../../test/kit/pages.ts';
import { Participant } from '../../test/kit/participant.ts';
import { sendMessage } from '../../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
let behindProxy: TestEnvironment;
beforeAll(async () => {
  const env = {
    LIMIT_SIGN_INS_PER_NETWORK: '3',
    LIMIT_FORGOTTEN_PER_NETWORK: '2',
    LIMIT_UNKNOWN_LINKS_PER_NETWORK: '4',
    LIMIT_API_CALLS_PER_MINUTE: '5',
    LIMIT_HASHES_AT_ONCE: '1',
    LIMIT_HASHES_WAITING: '2',
  };
  [testEnv, behindProxy] = await Promise.all([
    createTestEnvironment({ worker: false, env }),
    createTestEnvironment({ worker: false, env: { ...env, TRUST_PROXY: '1' } }),
  ]);
});
afterAll(() => Promise.all([testEnv.close(), behindProxy.close()]));

const statuses = async (count: number, ask: () => Promise<{ status: number }>) => {
  const seen: number[] = [];
  for (let i = 0; i < count; i++) seen.push((await ask()).status);
  return seen;
};

describe('from one network address', () => {
  it('so many tries to sign in, and then a page that says how long to wait', async () => {
    const stranger = new Participant(testEnv);
    await stranger.open('/sign-in');
    const tryOnce = () => stranger.post('/sign-in', { email: `${randomUUID()}@example.com`, password: 'x' });
    expect(await statuses(4, tryOnce)).toEqual([422, 422, 422, 429]);
    const refused = await tryOnce();
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(noticeIn(refused.text)).toBe('tooMany');
  });

  it('behind a proxy that of the caller counts, whatever the caller wrote before it', async () => {
    const stranger = new Participant(behindProxy);
    let invented = 0;
    const trial = (address: string) => () =>
      stranger.ask('/sign-in', {
        method: 'POST',
        body: new URLSearchParams({ email: `${randomUUID()}@example.com`, password: 'x' }),
        headers: { 'x-forwarded-for': `198.51.100.${++invented}, ${address}` },
      });
    expect(await statuses(4, trial('203.0.113.7'))).toEqual([422, 422, 422, 429]);
    expect(await statuses(1, trial('203.0.113.8'))).toEqual([422]);
  });

  it('counted for the address alone, whatever port the proxy writes with it', async () => {
    const stranger = new Participant(behindProxy);
    let port = 20_000;
    const trial = (address: string) => () =>
      stranger.ask('/sign-in', {
        method: 'POST',
        body: new URLSearchParams({ email: `${randomUUID()}@example.com`, password: 'x' }),
        headers: { 'x-forwarded-for': `${address}:${++port}` },
      });
    expect(await statuses(4, trial('203.0.113.9'))).toEqual([422, 422, 422, 429]);
    expect(await statuses(4, trial('[2001:db8:2:2::9]'))).toEqual([422, 422, 422, 429]);
  });

  it('counted for the whole /64 of IPv6: its owner has 2^64 addresses', async () => {
    const stranger = new Participant(behindProxy);
    let host = 0;
    const trial = (network: string) => () =>
      stranger.ask('/sign-in', {
        method: 'POST',
        body: new URLSearchParams({ email: `${randomUUID()}@example.com`, password: 'x' }),
        headers: { 'x-forwarded-for': `${network}::${++host}` },
      });
    expect(await statuses(4, trial('2001:db8:1:1'))).toEqual([422, 422, 422, 429]);
    expect(await statuses(1, trial('2001:db8:1:2'))).toEqual([422]);
  });

  it('so many forgotten passwords', async () => {
    const stranger = new Participant(testEnv);
    const forget = () => stranger.post('/forgot-password', { email: 'somebody@example.com' });
    expect(await statuses(3, forget)).toEqual([200, 200, 429]);
  });

  it('so many unknown links, while a known one goes on working', async () => {
    const stranger = new Participant(testEnv);
    const guess = () => stranger.open(`/i/${'A'.repeat(64)}`);
    expect(await statuses(5, guess)).toEqual([404, 404, 404, 404, 429]);
    expect((await stranger.open('/sign-in')).status).toBe(200);
  });
});

it('a client has so many calls in a minute; nothing is lost, because the same key may be used again', async () => {
  const key = randomUUID();
  const call = () => sendMessage(testEnv, { email: 'limits@example.com', key });
  const seen = await statuses(6, call);
  expect(seen.slice(0, 5)).toEqual([202, 202, 202, 202, 202]);
  expect(seen[5]).toBe(429);
});

it('too many passwords at once are answered 503 with Retry-After while other pages stay', async () => {
  const { createHashing, Overloaded } = await import('../account/hashing.ts');
  const hashing = createHashing({ atOnce: 1, waiting: 2, cost: PASSWORD_COST });
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, () => hashing.hash('twelve signs at least')),
  );
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.every(({ reason }) => reason instanceof Overloaded)).toBe(true);
  expect(results.filter((result) => result.status === 'fulfilled').length).toBeGreaterThanOrEqual(2);
});
