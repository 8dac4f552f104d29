/**
 * Every POST × every onboarding state × every session strength: only the combinations in allowed.ts change anything,
 * and where a form token is checked nothing changes without it.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Router from '@koa/router';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAttempts } from '../../db/attempts.ts';
import { hashPassword } from '../../db/secrets.ts';
import { createHashing } from '../../web/account/hashing.ts';
import { loadPasswordRules } from '../../web/account/passwordRules.ts';
import { createApp } from '../../web/app.ts';
import { createHealth } from '../../web/health.ts';
import { createMetrics } from '../../web/metrics.ts';
import { counterLimits } from '../../web/middleware/limits.ts';
import { loadTerms } from '../../web/onboarding/termsText.ts';
import type { FormTokenRule } from '../../web/route.ts';
import { PAGES } from '../../web/routes.ts';
import { CHEAP_PASSWORDS } from '../kit/environment.ts';
import { OWN_PASSWORD, visible } from '../kit/pages.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';
import { allowed } from './allowed.ts';
import { contents, countWrites, differences, keep, writes } from './contents.ts';
import { type PostName, posts } from './routes.ts';
import {
  SESSIONS,
  type SessionName,
  type Somebody,
  STATES,
  type StateName,
  sessionOf,
  somebodyIn,
} from './states.ts';

/** A token of another session, or of none. */
const OTHER_TOKEN = 'a'.repeat(43);
const CHECKS_FORM_TOKEN = PAGES.filter(
  ({ guards }) => (guards[1] as FormTokenRule | undefined)?.formToken === 'checked',
).map(({ path }) => path);

let testEnv: TestEnvironment;
let app: ReturnType<typeof createApp>;
let server: Server;
let bob: Somebody;
let passwordHash: string;

// Only web, with nothing that empties the outbox.
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false, env: { LIMIT_FORGOTTEN_PER_NETWORK: '10000' } });
  const { db, config } = testEnv;
  app = createApp({
    db,
    config,
    attempts: createAttempts(db, counterLimits(config), () => {}),
    metrics: createMetrics(),
    health: createHealth(db),
    hashing: createHashing({ atOnce: 2, waiting: 2, cost: CHEAP_PASSWORDS }),
    passwordRules: await loadPasswordRules(),
    terms: await loadTerms(config.TERMS_FOLDER),
    engineAnswers: async () => true,
    stopping: () => false,
    log: pino({ level: 'silent' }),
  });
  server = app.listen(0, '127.0.0.1');
  passwordHash = await hashPassword(OWN_PASSWORD, CHEAP_PASSWORDS);
  await countWrites(testEnv);
  bob = await somebodyIn(testEnv, 'completed', passwordHash);
});
afterAll(async () => {
  server.close();
  await testEnv.close();
});

type Given = { path: string; cookie: string; fields: Record<string, string> };

async function post({ path, cookie, fields }: Given) {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, 'accept-language': 'nl' },
    body: new URLSearchParams(fields),
  });
  const text = await response.text();
  return { status: response.status, text };
}

/** Redirects, shows a message, or leaves the page as it is. */
const isAnswer = ({ status, text }: { status: number; text: string }) =>
  [204, 303].includes(status) || (status < 500 && text.includes('<h1') && visible(text).length > 0);

describe.each(Object.keys(STATES) as StateName[])('%s', (state) => {
  let anna: Somebody;
  let back: () => Promise<void>;
  beforeAll(async () => {
    anna = await somebodyIn(testEnv, state, passwordHash);
    back = await keep(testEnv);
    return () => testEnv.db.sql('person').where({ id: anna.personId }).delete();
  });

  it.each(Object.keys(SESSIONS) as SessionName[])('session: %s', async (session) => {
    const found: Partial<Record<PostName, string>> = {};
    const expected: typeof found = {};
    const withoutToken: typeof found = {};
    await back();
    const { cookie, formToken } = await sessionOf(testEnv, session, { anna, bob });
    const backToSession = await keep(testEnv);
    const forgetAttempts = await keep(testEnv, ['attempt']);
    const before = await contents(testEnv, bob.personId);
    let written = await writes(testEnv);

    /** What a post changes, which is then undone; and its answer, if that is not a normal one. */
    async function outcomeOf(given: Given): Promise<string> {
      const answer = await post(given);
      const now = await writes(testEnv);
      const changed =
        now.others === written.others ? [] : differences(before, await contents(testEnv, bob.personId));
      if (changed.length) await backToSession();
      else if (now.attempts !== written.attempts) await forgetAttempts();
      written = now;
      const outcome = changed.filter((what) => !what.startsWith('(')).join(' ');
      return isAnswer(answer) ? outcome : `${outcome} answered ${answer.status}`;
    }

    for (const [name, { route, path, fields }] of posts) {
      const given = { path: path?.(anna) ?? route, cookie, fields: { formToken, ...fields?.(anna) } };
      found[name] = await outcomeOf(given);
      expected[name] = allowed(name, state, session);
      if (!expected[name] || !CHECKS_FORM_TOKEN.includes(route)) continue;
      withoutToken[name] = await outcomeOf({ ...given, fields: { ...given.fields, formToken: OTHER_TOKEN } });
    }
    expect(found).toEqual(expected);
    expect(Object.entries(withoutToken).filter(([, outcome]) => outcome !== '')).toEqual([]);
  });
});

it('the table has every POST that the pages have', () => {
  const routers = app.middleware.map((layer) => (layer as { router?: Router }).router);
  const stack = routers.flatMap((router) => router?.stack ?? []);
  const paths = stack.filter(({ methods }) => methods.includes('POST')).map(({ path }) => String(path));
  // The API uses keys, and the provider's receipts a signature, instead of a session.
  const pages = paths.filter((path) => !path.startsWith('/api/') && !path.startsWith('/webhooks/'));
  expect(pages.length).toBeGreaterThan(20);
  expect([...new Set(posts.map(([, { route }]) => route))].sort()).toEqual(pages.sort());
});
