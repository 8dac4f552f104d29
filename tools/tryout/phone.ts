/** An SMS provider that delivers nothing: it keeps every SMS, and answers and calls back like Twilio. */
import { createHmac, randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const SENT_AFTER_MS = 200;
const DELIVERED_AFTER_MS = 600;
const CALLBACK_WITHIN_MS = 5_000;
const BUSY_TIMES = 2;
const SHOWN = 500;
const WAIT_STEP_MS = 25;

/** By the number's ending: what Twilio's API refuses at once. */
const REFUSED: Record<string, { code: number; message: string }> = {
  '0001': { code: 21211, message: "The 'To' number is not a valid phone number." },
  '0005': { code: 21610, message: 'Attempt to send to unsubscribed recipient' },
  '0007': {
    code: 21408,
    message: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
  },
};

/** By the number's ending: what it accepts and does not deliver. */
const LOST: Record<string, { status: SmsStatus; errorCode: number }> = {
  '0003': { status: 'undelivered', errorCode: 30003 },
  '0006': { status: 'undelivered', errorCode: 30006 },
  '0008': { status: 'failed', errorCode: 30036 },
};

/** Numbers that simulate a failing provider. */
export const SMS_FAILURES = [
  { ending: '0001', does: 'is refused by the provider (Twilio error 21211)' },
  { ending: '0002', does: `makes the provider fail ${BUSY_TIMES} times (500), then works` },
  {
    ending: '0003',
    does: 'is accepted, but the SMS is never delivered (receipt "undelivered", error 30003)',
  },
  { ending: '0004', does: 'gets the SMS, but no receipt ever comes' },
  { ending: '0005', does: 'has answered STOP to our SMS (Twilio error 21610)' },
  { ending: '0006', does: 'is a landline, which only the receipt says (error 30006)' },
  { ending: '0007', does: 'is in a country that the provider does not send to (Twilio error 21408)' },
  { ending: '0008', does: "waits in the provider's queue until the SMS is too old (receipt, error 30036)" },
] as const;

/** `queued` until the network has it; `undelivered`: the phone never gets it; `failed`: it was never sent. */
export type SmsStatus = 'queued' | 'sent' | 'delivered' | 'undelivered' | 'failed';

export type Sms = {
  sid: string;
  to: string;
  from: string;
  body: string;
  at: string;
  /** How long it may wait to be sent, in seconds. */
  validityPeriod: number;
  status: SmsStatus;
};

/** Twilio's error answer. */
export type Refusal = { status: number; code: number; message: string };

type Request = {
  To?: string;
  From?: string;
  MessagingServiceSid?: string;
  Body?: string;
  StatusCallback?: string;
  ValidityPeriod?: string;
};

export type Phone = {
  accountSid: string;
  authToken: string;
  /** Newest first. */
  messages: () => Sms[];
  /** Changes when an SMS arrives or its status changes. */
  version: () => string;
  /** Twilio's handling of a form posted to `Messages.json`. */
  receive: (request: Request) => Sms | Refusal;
  /** The newest SMS that satisfies `wanted`, once it arrives; undefined after `withinMs` milliseconds. */
  waitFor: (wanted: (sms: Sms) => boolean, withinMs: number) => Promise<Sms | undefined>;
  /** Stops all deliveries and callbacks. */
  close: () => void;
};

/** Twilio's own limits, in seconds; the longest is its default. */
const SHORTEST_VALIDITY_S = 1;
const LONGEST_VALIDITY_S = 36_000;

const isValidity = (seconds: number): boolean =>
  Number.isInteger(seconds) && seconds >= SHORTEST_VALIDITY_S && seconds <= LONGEST_VALIDITY_S;

const ending = (number: string): string => number.slice(-4);

const refusal = (status: number, code: number, message: string): Refusal => ({ status, code, message });

/**
 * Keeps SMS in `file`, one JSON text per line; those of an earlier start are loaded. The credentials are for TWILIO_….
 */
export function openPhone(
  file: string,
  accountSid = `AC${randomBytes(16).toString('hex')}`,
  authToken = randomBytes(16).toString('hex'),
): Phone {
  const known = new Map<string, Sms>();
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []) {
    const sms: Sms = JSON.parse(line);
    known.set(sms.sid, sms);
  }
  const failures = new Map<string, number>();
  let changes = known.size;
  const closed = new AbortController();

  // A change of status is written as a new line for the same SMS, of which the last counts.
  function keep(sms: Sms): void {
    known.set(sms.sid, sms);
    changes++;
    appendFileSync(file, `${JSON.stringify(sms)}\n`, { mode: 0o600 });
  }

  async function deliver(sms: Sms, callback: string | undefined): Promise<void> {
    const lost = LOST[ending(sms.to)];
    const silent = ending(sms.to) === '0004';
    async function become(status: SmsStatus): Promise<void> {
      keep({ ...sms, status });
      const receipt = { sms, status, errorCode: status === lost?.status ? lost.errorCode : undefined };
      if (callback && !silent) await callBack({ callback, ...receipt, accountSid, authToken });
    }
    await sleep(SENT_AFTER_MS, undefined, { ref: false, signal: closed.signal });
    if (lost?.status !== 'failed') await become('sent');
    await sleep(DELIVERED_AFTER_MS, undefined, { ref: false, signal: closed.signal });
    await become(lost?.status ?? 'delivered');
  }

  const messages = () => [...known.values()].slice(-SHOWN).reverse();
  return {
    accountSid,
    authToken,
    messages,
    version: () => String(changes),
    receive({ To = '', From, MessagingServiceSid, Body, StatusCallback, ValidityPeriod }) {
      if (!To) return refusal(400, 21604, "A 'To' phone number is required.");
      if (!From && !MessagingServiceSid) return refusal(400, 21603, "A 'From' phone number is required.");
      if (!Body) return refusal(400, 21602, 'Message body is required.');
      const validityPeriod = Number(ValidityPeriod ?? LONGEST_VALIDITY_S);
      if (!isValidity(validityPeriod)) return refusal(400, 21624, 'Invalid validity period value');
      const refused = /^\+[1-9]\d{6,14}$/.test(To) ? REFUSED[ending(To)] : REFUSED['0001'];
      if (refused) return refusal(400, refused.code, refused.message);
      const failed = failures.get(To) ?? 0;
      if (To.endsWith('0002') && failed < BUSY_TIMES) {
        failures.set(To, failed + 1);
        return refusal(500, 20500, 'An internal server error has occurred');
      }
      const sms: Sms = {
        sid: `SM${randomBytes(16).toString('hex')}`,
        to: To,
        from: From ?? MessagingServiceSid ?? '',
        body: Body,
        at: new Date().toISOString(),
        validityPeriod,
        status: 'queued',
      };
      keep(sms);
      deliver(sms, StatusCallback).catch((error) => {
        if (!closed.signal.aborted) throw error;
      });
      return sms;
    },
    async waitFor(wanted, withinMs) {
      const deadline = performance.now() + withinMs;
      for (;;) {
        const found = messages().find(wanted);
        if (found || performance.now() > deadline) return found;
        await sleep(WAIT_STEP_MS);
      }
    },
    close: () => closed.abort(),
  };
}

type Receipt = {
  callback: string;
  sms: Sms;
  status: SmsStatus;
  errorCode: number | undefined;
  accountSid: string;
  authToken: string;
};

/** A delivery receipt, signed like Twilio's: HMAC-SHA-1 of the URL and the sorted fields. Not repeated. */
async function callBack({ callback, sms, status, errorCode, accountSid, authToken }: Receipt): Promise<void> {
  const fields: Record<string, string> = {
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    From: sms.from,
    MessageSid: sms.sid,
    MessageStatus: status,
    SmsSid: sms.sid,
    SmsStatus: status,
    To: sms.to,
    ...(errorCode ? { ErrorCode: String(errorCode) } : {}),
  };
  const signed = Object.keys(fields)
    .sort()
    .reduce((text, name) => text + name + fields[name], callback);
  try {
    await fetch(callback, {
      method: 'POST',
      headers: { 'X-Twilio-Signature': createHmac('sha1', authToken).update(signed).digest('base64') },
      body: new URLSearchParams(fields),
      signal: AbortSignal.timeout(CALLBACK_WITHIN_MS),
    });
  } catch {
    // Web is away: Twilio would not repeat it either.
  }
}
