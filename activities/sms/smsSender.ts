/** Hands SMS to Twilio. */
import twilio from 'twilio';
import type { SmsFailure } from '../../db/smsFailures.ts';
import { notTaken, refusalOf, type TwilioError } from './twilioFailure.ts';

export type OutgoingSms = {
  /** Our id; the receipt refers to it. */
  id: string;
  to: string;
  text: string;
  /** The provider must not send it after this many seconds. */
  validForS: number;
};

/** `refused`: for good. `reason` is a code for the record, without a number. */
export type SmsResult = { providerId: string } | { refused: SmsFailure; reason: string };

/** `send` throws `SmsNotTaken` when the SMS should be retried. */
export type SmsSender = { send(sms: OutgoingSms): Promise<SmsResult> };

export type SmsSenderOptions = {
  accountSid: string;
  authToken: string;
  from?: string;
  messagingServiceSid?: string;
  /** The address of a stand-in that implements Twilio's HTTP API. */
  baseUrl?: string;
  /** Where delivery receipts go; Twilio can only reach public addresses. */
  statusCallback?: string;
};

const TIMEOUT_MS = 10_000;

/** The minimum time Twilio may queue an SMS, in whole seconds (twilio.com/docs/api/errors/90007). */
const SHORTEST_VALIDITY_S = 1;
const LONGEST_VALIDITY_S = 36_000;

/**
 * The URL carries our id (Twilio signs the URL), because a receipt can arrive before we have stored the provider's id.
 */
function receiptsOf(id: string, statusCallback: string | undefined): string | undefined {
  if (!statusCallback) return undefined;
  const url = new URL(statusCallback);
  url.searchParams.set('sms', id);
  return url.href;
}

const validity = (seconds: number): number =>
  Math.min(LONGEST_VALIDITY_S, Math.max(SHORTEST_VALIDITY_S, Math.floor(seconds)));

export function createSmsSender({
  accountSid,
  authToken,
  from,
  messagingServiceSid,
  baseUrl,
  statusCallback,
}: SmsSenderOptions): SmsSender {
  const client = twilio(accountSid, authToken, { timeout: TIMEOUT_MS });
  if (baseUrl) client.api.baseUrl = baseUrl.replace(/\/$/, '');
  return {
    async send({ id, to, text, validForS }) {
      try {
        const message = await client.messages.create({
          to,
          body: text,
          from,
          messagingServiceSid,
          statusCallback: receiptsOf(id, statusCallback),
          validityPeriod: validity(validForS),
        });
        return { providerId: message.sid };
      } catch (error) {
        const failure = error as TwilioError;
        const refused = refusalOf(failure);
        if (refused) return { refused, reason: String(failure.code ?? failure.status) };
        throw notTaken(failure);
      }
    },
  };
}
