/** Hands SMS to Twilio. */
import twilio from 'twilio';

export type Texter = { send(sms: { to: string; text: string }): Promise<TextOutcome> };

export type TextOutcome = { providerId: string } | { refused: 'bad-number' | 'refused' };

export type TexterOptions = {
  accountSid: string;
  authToken: string;
  from?: string;
  messagingServiceSid?: string;
  /** A stand-in that speaks Twilio's HTTP API. */
  baseUrl?: string;
  /** Where delivery receipts go; Twilio can reach public addresses only. */
  statusCallback?: string;
};

const TIMEOUT_MS = 10_000;

/** Twilio's error codes for numbers that can never get an SMS: 21211 invalid, 21614 not mobile, 21217, 21401, 60205. */
const BAD_NUMBER = [21211, 21214, 21217, 21401, 21614, 60205];

type TwilioError = Error & { status?: number; code?: number | string };

/** Throws when Twilio is away or says "later", in words without the number. */
export function createTexter({
  accountSid,
  authToken,
  from,
  messagingServiceSid,
  baseUrl,
  statusCallback,
}: TexterOptions): Texter {
  const client = twilio(accountSid, authToken, { timeout: TIMEOUT_MS });
  if (baseUrl) client.api.baseUrl = baseUrl.replace(/\/$/, '');
  return {
    async send({ to, text }) {
      try {
        const message = await client.messages.create({
          to,
          body: text,
          from,
          messagingServiceSid,
          statusCallback,
        });
        return { providerId: message.sid };
      } catch (error) {
        const { status = 0, code } = error as TwilioError;
        if (BAD_NUMBER.includes(Number(code))) return { refused: 'bad-number' };
        // 401 and 403 are our own settings and can be mended within the code's life, like 429 and 5xx.
        if (status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status))
          return { refused: 'refused' };
        throw new Error(
          `the SMS provider did not take the SMS (${status || code || 'no answer'}); it is tried again`,
        );
      }
    },
  };
}
