/** How many SQL statements one person costs: per request, and from the invitation to the open account. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from './kit/eventually.ts';
import { linkIn, temporaryPasswordIn } from './kit/pages.ts';
import { Participant } from './kit/participant.ts';
import { countStatements, type StatementCounter } from './kit/statements.ts';
import { createTestEnvironment, type TestEnvironment } from './kit/testEnvironment.ts';

type Limit = { now: number; goal: number };

/**
 * Statements, without BEGIN and COMMIT. `now` may not be exceeded; lower it when a request becomes cheaper. `goal` is
 * the target.
 */
const ROUTES: Record<string, Limit> = {
  'POST /api/v1/messages': { now: 17, goal: 11 },
  'GET /i/…': { now: 5, goal: 2 },
  'POST /i/…': { now: 10, goal: 6 },
  'GET /onboarding/continue': { now: 6, goal: 2 },
  'GET /onboarding/terms': { now: 6, goal: 2 },
  'POST /onboarding/terms': { now: 16, goal: 6 },
  'GET /onboarding/password': { now: 6, goal: 2 },
  'POST /onboarding/password': { now: 28, goal: 9 },
  'GET /onboarding/sms': { now: 7, goal: 2 },
  // One of them marks codes that were asked for before and never sent: the workflow knows the newest only.
  'POST /onboarding/sms': { now: 22, goal: 9 },
  'GET /onboarding/sms/code': { now: 11, goal: 2 },
  'POST /webhooks/twilio': { now: 5, goal: 6 },
  // One of them voids codes to other numbers that other sessions asked for.
  'POST /onboarding/sms/code': { now: 23, goal: 9 },
  'GET /onboarding/app': { now: 8, goal: 2 },
  'POST /onboarding/app': { now: 13, goal: 6 },
  'GET /onboarding/profile': { now: 6, goal: 2 },
  'POST /onboarding/profile': { now: 18, goal: 6 },
  'GET /messages/…': { now: 11, goal: 4 },
};
/**
 * Of web and worker together, except polls and WAITS. Slightly more than was observed, because outbox rows may be sent
 * one by one.
 */
const WHOLE_ONBOARDING: Record<string, Limit> = {
  statements: { now: 290, goal: 100 },
  // One of them holds the row while the temporary password is created, so that two tries do not create two.
  transactions: { now: 32, goal: 15 },
};
/** Asks repeatedly until the account is open, so its count depends on time. */
const WAITS = 'GET /onboarding/finished';

const RECEIPTS_OF_ONE_SMS = 2;

let testEnv: TestEnvironment;
let counter: StatementCounter;

beforeAll(async () => {
  // No polling: the poller looks once, when the worker starts.
  testEnv = await createTestEnvironment({ env: { RELAY_EVERY: '1h', RECONCILE_EVERY: '1h' } });
  counter = countStatements(testEnv.config.PORT);
  // Counting starts with warm caches and open connections.
  await goThrough('+31612340000');
});
afterAll(async () => {
  counter?.stop();
  await testEnv?.close();
});

it('no request and no onboarding takes more statements than it did', async () => {
  counter.reset();
  await goThrough('+31612345678');

  const { requests, statements, transactions } = counter.counted;
  const waits = requests.filter(({ route }) => route === WAITS).flatMap((request) => request.statements);
  const whole = { statements: statements.length - waits.length, transactions };
  const routes = mostByRoute();
  for (const [counts, limits] of [[routes, ROUTES] as const, [whole, WHOLE_ONBOARDING] as const]) {
    show(counts, limits);
    expect(Object.keys(counts).sort()).toEqual(Object.keys(limits).sort());
    expect(Object.entries(counts).filter(([name, count]) => count > limits[name]!.now)).toEqual([]);
  }
});

function show(counts: Record<string, number>, limits: Record<string, Limit>): void {
  const rows = Object.entries(counts).map(([name, count]) => [name, { count, ...limits[name] }]);
  console.table(Object.fromEntries(rows));
}

/** The most expensive request of each route. */
function mostByRoute(): Record<string, number> {
  const most: Record<string, number> = {};
  for (const { route, statements } of counter.counted.requests)
    if (route !== WAITS) most[route] = Math.max(most[route] ?? 0, statements.length);
  return most;
}

/** Waits for receipts before the next step, so that each run counts the same. */
async function goThrough(phone: string): Promise<void> {
  const person = new Participant(testEnv);
  const sent = await counter.uncounted(() => person.invited());
  const mail = await person.mail();
  await person.openLink(linkIn(mail));
  await person.acceptTerms();
  await person.choosePassword(temporaryPasswordIn(mail));
  await person.askCode(phone);
  const code = await person.code(phone);
  await eventually(async () => receiptsTaken() >= RECEIPTS_OF_ONE_SMS || undefined);
  await person.enterCode(code);
  await person.skip();
  await person.saveProfile();
  expect(person.path).toBe(`/messages/${sent.id}`);
  await testEnv.workflow(person.onboardingId).result();
}

const receiptsTaken = (): number =>
  counter.counted.requests.filter(({ route, answered }) => route === 'POST /webhooks/twilio' && answered)
    .length;
