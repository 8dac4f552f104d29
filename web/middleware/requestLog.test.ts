/** N20: each request is logged by its route, never by its path. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../test/kit/eventually.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
});
afterAll(() => testEnv.close());

/** The log line of the request with this id in its answer. */
const lineOf = (id: string | null) =>
  eventually(async () =>
    testEnv.logged.map((line) => JSON.parse(line)).find((line) => line.requestId === id),
  );

it.each([
  ['/i/some-secret-token', '/i/:token', 404],
  ['/sign-in?from=anna@example.com', '/sign-in', 200],
  ['/api/v1/recipients/anna@example.com', '/api/v1/recipients/:id', 401],
])('GET %s is logged as %s, with id, status and milliseconds', async (path, route, status) => {
  const answer = await fetch(new URL(path, testEnv.url));
  const id = answer.headers.get('X-Request-Id');
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  const line = await lineOf(id);
  expect(line).toMatchObject({ msg: 'request', method: 'GET', route, status });
  expect(line.ms).toBeGreaterThanOrEqual(0);
  expect(testEnv.logged.join('')).not.toMatch(/some-secret-token|anna@|127\.0\.0\.1/);
});

it('each request has an id of its own, which the caller cannot choose', async () => {
  const headers = { 'X-Request-Id': 'mine' };
  const ids = [1, 2].map(async () => (await fetch(testEnv.url, { headers })).headers.get('X-Request-Id'));
  const [one, two] = await Promise.all(ids);
  expect(new Set(['mine', one, two]).size).toBe(3);
});
