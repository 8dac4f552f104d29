/** The table in routes.ts matches the running app and applies each policy where it belongs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../test/kit/eventually.ts';
import { createTestEnvironment, type TestEnvironment } from '../test/kit/testEnvironment.ts';
import { limitCalls, requireKey } from './api/api.ts';
import { PATHS, requireOnboarding, requireProofs, requireStep } from './middleware/guard.ts';
import type { FormTokenRule, Route } from './route.ts';
import { CALLS, PAGES, WATCHING } from './routes.ts';

const TABLE = [...WATCHING, ...CALLS, ...PAGES];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

const named = ({ method, path }: Pick<Route, 'method' | 'path'>) => `${method.toUpperCase()} ${path}`;
const isPost = ({ method }: Route) => method === 'post';

describe('a page', () => {
  it('says who may ask before anything else', () => {
    expect(PAGES.filter(({ guards: [who] }) => !who || !('tellsWho' in who)).map(named)).toEqual([]);
  });

  it('that is posted checks the form token next, unless a link or a password speaks for itself', () => {
    const ruleOf = ({ guards: [, rule] }: Route) => (rule as FormTokenRule | undefined)?.formToken;
    expect(PAGES.filter((row) => isPost(row) && ruleOf(row) !== 'checked').map(named)).toEqual([
      'POST /language',
      'POST /i/:token',
      'POST /i/:token/renew',
      'POST /i/:token/not-me',
      'POST /sign-in',
      'POST /forgot-password',
      'POST /reset/:token',
      'POST /sign-out',
    ]);
    expect(PAGES.filter((row) => isPost(row) && ruleOf(row) === undefined)).toEqual([]);
  });

  it.each(Object.entries(PATHS))(
    'of the step %s is for who has proven all and has that step open',
    (step, path) => {
      const guards = [requireOnboarding, requireProofs, requireStep[step as keyof typeof PATHS]];
      const ofStep = PAGES.filter((row) => row.path === path || row.path.startsWith(`${path}/`));
      expect(ofStep.length).toBeGreaterThan(1);
      const open = ofStep.filter((row) => !guards.every((guard) => row.guards.includes(guard)));
      // Explains what declining means, also to somebody who has agreed meanwhile.
      expect(open.map(named)).toEqual(step === 'terms' ? ['GET /onboarding/terms/declined'] : []);
    },
  );
});

it('a call of the API asks for a key and is counted, but for the description', () => {
  const calls = CALLS.filter(({ path }) => path.startsWith('/api/'));
  const open = calls.filter(({ guards: [first, second] }) => first !== requireKey || second !== limitCalls);
  expect(open.map(named)).toEqual(['GET /api/v1/openapi.json']);
});

describe('the running app', () => {
  let testEnv: TestEnvironment;
  beforeAll(async () => {
    testEnv = await createTestEnvironment({ worker: false, env: { LOG_LEVEL: 'debug' } });
  });
  afterAll(() => testEnv.close());

  /** The route that answered, according to the log; undefined when there is none. */
  async function answeredBy(method: string, path: string): Promise<string | undefined> {
    const { headers } = await fetch(new URL(path, testEnv.url), { method, redirect: 'manual' });
    const id = headers.get('X-Request-Id');
    const line = await eventually(async () =>
      testEnv.logged
        .map((text) => JSON.parse(text))
        .find(({ msg, requestId }) => msg === 'request' && requestId === id),
    );
    return line.route;
  }

  it('answers each row of the table with that very row, and nothing else', async () => {
    const rows = TABLE.flatMap(({ method, path }) =>
      (method === 'all' ? METHODS : [method]).map((one) => named({ method: one as Route['method'], path })),
    );
    const answered: string[] = [];
    for (const path of new Set(TABLE.map((row) => row.path)))
      for (const method of METHODS) {
        const route = await answeredBy(method, path);
        if (route !== undefined) answered.push(`${method} ${route}`);
      }
    expect(answered.sort()).toEqual([...new Set(rows)].sort());
  });
});
