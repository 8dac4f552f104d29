/** Receipts about SMS: sent by the provider, visible to the person and the operator. */
import { randomUUID } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSmsActivities } from '../../activities/sms.ts';
import { recordReceipt } from '../../db/smsCodes.ts';
import {
  createInvitedPerson,
  expectStatusToMatchDatabase,
  filtered,
  readSmsCode,
} from '../../test/kit/engine.ts';
import { eventually } from '../../test/kit/eventually.ts';
import { Participant } from '../../test/kit/participant.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

/** tools/tryout/phone.ts: accepted by the provider, but never delivered. */
const PHONE_OFF = '+31612340003';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ env: { SMS_RESEND_AFTER: '1ms' } });
});
afterAll(() => testEnv.close());

/** The code page, once it contains `words`. */
const says = (person: Participant, words: string) =>
  eventually(async () => {
    await person.open('/onboarding/sms/code');
    return person.reads.includes(words) || undefined;
  });

it('15: the phone is off: the page says it within seconds and the operator sees it, until the SMS comes', async () => {
  const anna = await new Participant(testEnv).readingMails().to('sms');
  await anna.askCode(PHONE_OFF);
  await says(anna, 'De SMS is niet aangekomen Staat uw telefoon aan en hebt u bereik?');
  const problem = async () => (await testEnv.status(anna.onboardingId)).problem;
  await eventually(async () => (await problem()) === 'sms-undeliverable' || undefined);

  // The code still works once the phone is on again, and requesting another costs no wait.
  await anna.enterCode(await anna.code(PHONE_OFF));
  expect(anna.path).toBe('/onboarding/app');
  await eventually(async () => (await problem()) === null || undefined);
});

it('an SMS that arrived is said to be there', async () => {
  const anna = await new Participant(testEnv).readingMails().to('sms');
  await anna.askCode('06 5566 7788');
  await says(anna, 'De SMS is op uw telefoon aangekomen.');
});

it('a receipt that comes before the worker wrote that the SMS was handed over counts', async () => {
  await testEnv.stopWorker();
  const anna = await new Participant(testEnv).to('sms');
  await anna.doStep('sms');
  const code = (await testEnv.db.sql('sms_code').where({ personId: anna.personId }).first('id'))!;
  const fields = { MessageSid: 'SM1', MessageStatus: 'undelivered', ErrorCode: '30003' };
  const url = `${testEnv.url}/webhooks/twilio?sms=${code.id}`;
  const signature = getExpectedTwilioSignature(testEnv.phone.authToken, url, fields);
  for (const [called, status] of [
    [url.replace(code.id, randomUUID()), 403],
    [url, 204],
  ] as const) {
    const headers = { 'X-Twilio-Signature': signature };
    const answer = await fetch(called, { method: 'POST', body: new URLSearchParams(fields), headers });
    expect(answer.status).toBe(status);
  }
  await anna.open('/onboarding/sms/code');
  expect(anna.reads).toContain('De SMS is niet aangekomen Staat uw telefoon aan en hebt u bereik?');
  // A retry by the worker sends no second one, and returns the outcome of the first.
  const { sendSmsCode } = createSmsActivities({
    db: testEnv.db,
    handOver: () => Promise.reject(new Error('sent again')),
    host: 'localhost',
    codeTtl: testEnv.config.SMS_CODE_TTL,
  });
  expect(await sendSmsCode({ smsCodeId: code.id })).toBe('undeliverable');
  await testEnv.startWorker();
  await filtered(testEnv, anna.onboardingId, { OnboardingProblem: 'sms-undeliverable' });
});

it('a receipt of an older code that is heard after a newer one is no problem', async () => {
  const anna = await createInvitedPerson(testEnv, 'sms');
  await anna.doStep('sms');
  await readSmsCode(anna);
  const older = (await testEnv.db.sql('sms_code').where({ personId: anna.personId }).first())!;
  await anna.submit({ action: 'resend' });
  await readSmsCode(anna);
  await recordReceipt(testEnv.db, { smsCodeId: older.id, providerId: older.providerId!, failure: 'blocked' });
  await expectStatusToMatchDatabase(testEnv, anna.personId);
  expect((await testEnv.status(anna.onboardingId)).problem).toBeNull();
});

it('a receipt that is not signed by the provider changes nothing', async () => {
  const [code] = await testEnv.db
    .sql('sms_code')
    .whereNotNull('providerId')
    .orderBy('requestedAt', 'desc')
    .limit(1);
  const body = new URLSearchParams({ MessageSid: code!.providerId!, MessageStatus: 'undelivered' });
  for (const signature of ['', 'bm8=']) {
    const headers = { 'X-Twilio-Signature': signature };
    const { status } = await fetch(`${testEnv.url}/webhooks/twilio`, { method: 'POST', body, headers });
    expect(status).toBe(403);
  }
  const after = (await testEnv.db.sql('sms_code').where({ id: code!.id }).first())!;
  expect(after.failure).toBe(code!.failure);
});

describe('a report that Twilio signed', () => {
  const at = () => `${testEnv.url}/webhooks/twilio`;

  /** Signed like Twilio: each name once, in order, with its values. */
  function report(fields: Record<string, string | string[]>, url = at()): Promise<Response> {
    const pairs = Object.entries(fields).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one]),
    );
    const headers = {
      'X-Twilio-Signature': getExpectedTwilioSignature(testEnv.phone.authToken, url, fields),
    };
    return fetch(url, { method: 'POST', body: new URLSearchParams(pairs), headers });
  }
  const RIGHT = { MessageSid: 'SM0', MessageStatus: 'delivered' };

  it.each<[string, Record<string, string | string[]>]>([
    ['brackets in names', { 'a[b]': 'c', 'a[]': 'd', '[x]': 'y', 'a[b][c]': '', 'x.y': '1' }],
    ['names that objects have', { __proto__: 'x', constructor: 'y', hasOwnProperty: 'z' }],
    ['1,500 fields', Object.fromEntries(Array.from({ length: 1_500 }, (_, i) => [`Field${i}`, `${i}`]))],
    ['a name that is there often', { Media: ['b', 'a', 'b'] }],
    ['signs of every kind', { Body: 'Één & twee = 3 + 4 %41 🚲\r\n', 'Naïve name': ' ' }],
  ])('is taken with %s', async (_what, more) => {
    expect((await report({ ...RIGHT, ...more })).status).toBe(204);
  });

  it.each<[string, Record<string, string | string[]>]>([
    ['NUL in the id', { ...RIGHT, MessageSid: 'SM\0' }],
    ['NUL in the reason', { ...RIGHT, MessageStatus: 'failed', ErrorCode: '30003\0' }],
    ['two ids', { ...RIGHT, MessageSid: ['SM1', 'SM2'] }],
    ['no id', { MessageStatus: 'delivered' }],
    ['an endless id', { ...RIGHT, MessageSid: 'S'.repeat(10_000) }],
    ['an id in other letters', { ...RIGHT, MessageSid: 'SM\uFFFD' }],
    ['no status', { MessageSid: 'SM0' }],
  ])('and has %s is refused in words: 400', async (_what, fields) => {
    const answer = await report(fields);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ code: 'report-not-understood', detail: expect.any(String) });
  });

  it.each(['%00', 'x', '%ED%A0%80', 'a&sms=b', "'"])(
    'for an SMS that is none changes nothing: %s',
    async (id) => {
      expect((await report(RIGHT, `${at()}?sms=${id}`)).status).toBe(204);
    },
  );

  it('and says a status that objects have is taken, and says nothing', async () => {
    expect((await report({ ...RIGHT, MessageStatus: 'constructor' })).status).toBe(204);
  });

  it('is refused when a value was changed, or the body is not the form that was signed', async () => {
    const signature = getExpectedTwilioSignature(testEnv.phone.authToken, at(), RIGHT);
    const headers = { 'X-Twilio-Signature': signature };
    const form = 'application/x-www-form-urlencoded';
    for (const [type, body] of [
      [form, 'MessageSid=SM0&MessageStatus=failed'],
      ['text/plain', 'MessageSid=SM0&MessageStatus=delivered'],
      [form, Buffer.from('MessageSid=SM0&MessageStatus=delivered&a=\xe9', 'latin1')],
    ] as const) {
      const answer = await fetch(at(), {
        method: 'POST',
        body,
        headers: { ...headers, 'content-type': type },
      });
      expect(answer.status).toBe(403);
    }
  });
});
