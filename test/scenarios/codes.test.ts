/**
 * SMS that do not come, come late, or are too many: the page tells the person what to do, and the operator sees what
 * happened.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { snapshotOf } from '../../db/onboardings.ts';
import { triesOf } from '../../db/sendTries.ts';
import { allSettled } from '../kit/dump.ts';
import {
  ask,
  createInvitedPerson,
  expectStatusToMatchDatabase,
  filtered,
  readSmsCode,
  senderEvents,
} from '../kit/engine.ts';
import { eventually, SOON_MS } from '../kit/eventually.ts';
import { visible } from '../kit/pages.ts';
import type { Participant } from '../kit/participant.ts';
import { expectRejected } from '../kit/rejected.ts';
import { createTestEnvironment, type TestEnvironment } from '../kit/testEnvironment.ts';
import { WORDS } from '../kit/words.ts';

const PER_DAY = 3;

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { LIMIT_SMS_PER_DAY: String(PER_DAY) } });
});
afterAll(() => testEnv.close());

/** What the code page shows by itself, once it contains `words`. */
const pageSays = (anna: Participant, words: string) =>
  eventually(async () => {
    const { text } = await anna.ask('/onboarding/sms/code/delivery');
    return visible(text).includes(words) || undefined;
  });

/** Moves this person's SMS back in time, so that another one may be requested. */
async function minuteLater({ personId }: Participant): Promise<void> {
  const minuteAgo = (column: string) => testEnv.db.sql.raw(`?? - interval '1 minute'`, [column]);
  await testEnv.db
    .sql('sms_code')
    .where({ personId })
    .update({ requestedAt: minuteAgo('requested_at'), sentAt: minuteAgo('sent_at') });
}

const problem = async ({ personId }: Participant) =>
  (await expectStatusToMatchDatabase(testEnv, personId)).said.problem;

it.each([
  ['the person answered STOP once', '0005', WORDS.smsDelivery.nl.details.blocked],
  ['it is a landline', '0006', WORDS.smsDelivery.nl.titles['bad-number']],
  ['the provider does not send there', '0007', WORDS.smsDelivery.nl.titles.country],
  ['it waited too long at the provider', '0008', WORDS.smsDelivery.nl.titles['too-late']],
])(
  '15: the SMS does not come because %s; the page says what to do, and the operator sees it',
  async (_why, ending, words) => {
    const anna = await createInvitedPerson(testEnv, 'sms');
    await anna.submit({ phone: `06 1234 ${ending}`, action: 'send' });
    await pageSays(anna, words);
    await eventually(async () => (await problem(anna)) === 'sms-undeliverable' || undefined);

    await anna.open('/onboarding/sms');
    await anna.doStep('sms');
    await anna.enterCode(await readSmsCode(anna));
    expect(anna.path).toBe('/onboarding/app');
    expect(await problem(anna)).toBeNull();
  },
);

it('the SMS ends for phones with the host alone and the code: the format knows no port', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await anna.askCode(anna.phone);
  const code = await readSmsCode(anna);
  const sms = testEnv.phone.messages().find(({ to, body }) => to === anna.phone && body.startsWith(code));
  expect(sms?.body.split('\n').at(-1)).toBe(`@localhost #${code}`);
});

it('15: each try is on record with the provider’s codes, without number and code', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await anna.askCode('06 55540002');
  const tries = await eventually(async () => {
    const sms = (await triesOf(testEnv.db, anna.personId)).filter(({ channel }) => channel === 'sms');
    return sms[0]?.receipt ? sms.reverse() : undefined;
  });
  expect(tries.map(({ kind, outcome, reason, receipt }) => [kind, outcome, reason, receipt])).toEqual([
    ['code', 'failed', '20500', null],
    ['code', 'failed', '20500', null],
    ['code', 'accepted', null, 'delivered'],
  ]);
  expect(JSON.stringify(tries)).not.toContain('55540002');
  expect(JSON.stringify(tries)).not.toContain(await anna.smsCode());
});

it('15: what the provider reports later is on record, too', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await anna.askCode('06 55540006');
  const [sms] = await eventually(async () => {
    const tries = await triesOf(testEnv.db, anna.personId);
    return tries[0]?.receipt ? tries : undefined;
  });
  expect(sms).toMatchObject({ channel: 'sms', outcome: 'accepted', receipt: 'bounced', reason: '30006' });
});

it('16: two codes are asked for while the worker is away; only the newest one leaves', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await testEnv.stopWorker();
  await anna.doStep('sms');
  const first = await anna.smsCode();
  await minuteLater(anna);
  await anna.submit({ action: 'resend' });
  const second = await anna.smsCode();
  await testEnv.startWorker();
  expect(await readSmsCode(anna)).toBe(second);
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  const failures = await eventually(async () => {
    const rows = testEnv.db.sql('sms_code').where({ personId: anna.personId }).orderBy('requestedAt');
    const found = await rows.pluck('failure');
    return found[0] ? found : undefined;
  });
  expect(failures).toEqual(['superseded', null]);
  const come = testEnv.phone.messages().filter(({ to }) => to === anna.phone);
  expect(come.map(({ body }) => body.slice(0, 6))).toEqual([second]);
  if (first !== second) expect(come[0]!.body).not.toContain(first);
  await anna.open('/onboarding/sms/code');
  await anna.enterCode(second);
  expect(anna.path).toBe('/onboarding/app');
});

it('16: web dies before it knows that the engine was told, so it is told twice; one SMS', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await testEnv.stopWorker();
  await anna.doStep('sms');
  await allSettled(testEnv);
  await testEnv.workflow(anna.onboardingId).signal('smsRequested', snapshotOf(await anna.row()));
  await testEnv.startWorker();
  await readSmsCode(anna);
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  const { events } = await testEnv.workflow(anna.onboardingId).fetchHistory();
  const begun = events!.filter(
    ({ activityTaskScheduledEventAttributes: it }) => it?.activityType?.name === 'sendVerificationCode',
  );
  expect(begun).toHaveLength(1);
  expect(testEnv.phone.messages().filter(({ to }) => to === anna.phone)).toHaveLength(1);
});

it('16: the provider may hold an SMS no longer than its code lives', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await anna.doStep('sms');
  await readSmsCode(anna);
  const [sms] = testEnv.phone.messages().filter(({ to }) => to === anna.phone);
  expect(sms!.validityPeriod).toBeLessThanOrEqual(5 * 60);
  expect(sms!.validityPeriod).toBeGreaterThan(5 * 60 - SOON_MS / 1000);
});

it('15: no more SMS today; the page says so and offers the app, sender and operator are told once', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  for (let i = 0; i < PER_DAY; i++) {
    await anna.open('/onboarding/sms');
    await anna.doStep('sms');
    await readSmsCode(anna);
    await minuteLater(anna);
    await minuteLater(anna);
  }
  await eventually(async () => (await anna.row()).smsOutcome === 'sent' || undefined);
  const before = (await anna.row()).version;
  for (let i = 0; i < 3; i++) {
    await anna.submit({ action: 'resend' }, '/onboarding/sms/code');
    expectRejected(anna, 'code', WORDS.smsRequest.nl.tomorrow);
  }
  expect((await anna.row()).version).toBe(before + 1);
  expect(await problem(anna)).toBe('too-many-codes');
  await filtered(testEnv, anna.onboardingId, { OnboardingProblem: 'too-many-codes' });
  const stuck = (await senderEvents(testEnv, anna.personId)).filter((type) => type === 'onboarding.stuck');
  expect(stuck).toHaveLength(1);
  expect((await anna.events()).filter((event) => event === 'codes.refused')).toHaveLength(1);
  const seen = await ask(testEnv, `GET /recipients/${anna.personId}`);
  expect(seen.body.onboarding.problem).toBe('too-many-codes');

  await anna.open('/onboarding/app');
  await anna.doStep('app');
  expect(await problem(anna)).toBeNull();
  const later = await ask(testEnv, `GET /recipients/${anna.personId}`);
  expect(later.body.onboarding.problem).toBeUndefined();
});
