/**
 * Handing SMS to the provider: refusals by kind, everything else retried, and messages for operators without a number.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPhone, type Phone } from '../../tools/tryout/phone.ts';
import { openTrial, type Trial } from '../../tools/tryout/tryout.ts';
import { createSmsSender, type SmsSender, type SmsSenderOptions } from './smsSender.ts';
import { SmsNotTaken } from './twilioFailure.ts';

const SOON_MS = 5_000;
const SMS = { id: 'a-code', text: '123456 is uw code.', validForS: 300 };

let folder: string;
let phone: Phone;
let provider: Trial;
let options: SmsSenderOptions;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'instap-sms-'));
  phone = openPhone(path.join(folder, 'sms.jsonl'));
  provider = await openTrial({ phone });
  const { accountSid, authToken } = phone;
  options = { accountSid, authToken, from: '+15005550006', baseUrl: provider.url };
});
afterAll(async () => {
  await provider.close();
  phone.close();
  rmSync(folder, { recursive: true, force: true });
});

const send = (to: string, more: { validForS?: number } & Partial<SmsSenderOptions> = {}) => {
  const { validForS = SMS.validForS, ...other } = more;
  return createSmsSender({ ...options, ...other }).send({ ...SMS, to, validForS });
};

const thrownBy = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error) => error,
  );

describe('an SMS', () => {
  it('is handed over', async () => {
    const outcome = await send('+31612345678');
    expect(outcome).toEqual({ providerId: expect.stringMatching(/^SM[0-9a-f]{32}$/) });
    const come = await phone.waitFor(({ to }) => to === '+31612345678', SOON_MS);
    expect(come?.body).toBe(SMS.text);
  });

  it.each([
    [300, 300],
    [12.9, 12],
    [0.2, 1],
    [-3, 1],
    [1_000_000, 36_000],
  ])('with %f seconds to live may wait in the provider’s queue for %i', async (validForS, seconds) => {
    const outcome = await send('+31612345679', { validForS });
    const sms = phone.messages().find(({ sid }) => 'providerId' in outcome && sid === outcome.providerId);
    expect(sms?.validityPeriod).toBe(seconds);
  });
});

describe('is refused for good', () => {
  it.each([
    ['a number that is none', '+31612340001', 'bad-number', '21211'],
    ['who answered STOP', '+31612340005', 'blocked', '21610'],
    ['a country that is not sent to', '+31612340007', 'country', '21408'],
  ])('%s', async (_what, to, refused, reason) => {
    expect(await send(to)).toEqual({ refused, reason });
  });
});

describe('is to be tried again, and tells the operator', () => {
  const TO = '+31698765432';
  let answers: { status: number; code?: number };
  let rude: Server;
  beforeAll(async () => {
    // Twilio's messages repeat the number.
    rude = createServer((_request, response) => {
      const { status, code } = answers;
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ status, code, message: `no SMS to ${TO}, ever` }));
    });
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => rude.close(resolve)));
  const portOf = (server: Server) => (server.address() as AddressInfo).port;

  async function expectNotTaken(sending: ReturnType<SmsSender['send']>, reason: string, words: string) {
    const error = await thrownBy(sending);
    expect(error).toBeInstanceOf(SmsNotTaken);
    const { message, reason: given } = error as SmsNotTaken;
    expect(given).toBe(reason);
    expect(message).toContain(words);
    expect(message).toContain('retried while its code is valid');
    expect(message).not.toContain(TO.slice(3));
  }

  it('the credentials are wrong', async () => {
    const wrong = { authToken: 'wrong' };
    await expectNotTaken(send(TO, wrong), '20003', 'check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN');
  });

  it('the provider fails for a while', async () => {
    await expectNotTaken(send('+31612340002'), '20500', 'status.twilio.com');
  });

  it('nobody answers', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${portOf(closed)}`;
    await new Promise((resolve) => closed.close(resolve));
    await expectNotTaken(send(TO, { baseUrl }), 'ECONNREFUSED', 'reachable from the worker');
  });

  it.each([
    ['too many at once', { status: 429, code: 20429 }, '20429', 'LIMIT_SMS_PER_SECOND'],
    ['a sender of somebody else', { status: 400, code: 21660 }, '21660', 'TWILIO_FROM'],
    ['a trial account', { status: 400, code: 21608 }, '21608', 'upgrade it'],
    ['no such account', { status: 404, code: 20404 }, '20404', 'TWILIO_ACCOUNT_SID'],
    ['no answer in time', { status: 408 }, '408', 'status.twilio.com'],
    ['a proxy in between', { status: 502 }, '502', 'status.twilio.com'],
  ])('%s', async (_what, answer, reason, words) => {
    answers = answer;
    await expectNotTaken(send(TO, { baseUrl: `http://127.0.0.1:${portOf(rude)}` }), reason, words);
  });

  it('but an unknown refusal is one for good', async () => {
    answers = { status: 400, code: 21999 };
    const outcome = await send(TO, { baseUrl: `http://127.0.0.1:${portOf(rude)}` });
    expect(outcome).toEqual({ refused: 'refused', reason: '21999' });
  });
});
