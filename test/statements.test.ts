/** How many SQL statements one person costs: per request, and from the invitation to the open account. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from './kit/eventually.ts';
import { linkIn, temporaryPasswordIn } from './kit/pages.ts';
import { Participant } from './kit/participant.ts';
import { countStatements, type StatementCounter } from './kit/statements.ts';
import { createTestEnvironment, type TestEnvironment } from './kit/testEnvironment.ts';

/**
 * Statements, without BEGIN and COMMIT: what each takes now, and may not exceed. Lower it when a request becomes cheaper.
 */
const ROUTES: Record<string, number> = {
  'POST /api/v1/messages': 9,
  'GET /i/…': 1,
  'POST /i/…': 3,
  'GET /onboarding/continue': 1,
  'GET /onboarding/terms': 1,
  'POST /onboarding/terms': 3,
  'GET /onboarding/password': 1,
  'POST /onboarding/password': 9,
  'GET /onboarding/sms': 2,
  'POST /onboarding/sms': 8,
  'GET /onboarding/sms/code': 2,
  'POST /webhooks/twilio': 4,
  'POST /onboarding/sms/code': 5,
  'GET /onboarding/app': 2,
  'POST /onboarding/app': 3,
  'GET /onboarding/profile': 1,
  'POST /onboarding/profile': 4,
  'GET /messages/…': 4,
};
/**
 * Of web and worker together, except polls and WAITS. Slightly more than was observed, because outbox rows may be sent
 * one by one.
 */
const WHOLE_ONBOARDING: Record<string, number> = {
  statements: 92,
  transactions: 13,
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
    expect(Object.entries(counts).filter(([name, count]) => count > limits[name]!)).toEqual([]);
  }
});

function show(counts: Record<string, number>, limits: Record<string, number>): void {
  const rows = Object.entries(counts).map(([name, count]) => [name, { count, limit: limits[name] }]);
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
