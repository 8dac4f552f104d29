/**
 * What an error of Twilio's API means: the number is refused for good, or the SMS is retried and operators are told
 * why.
 */
import { failureOf, type SmsFailure } from '../../db/smsFailures.ts';
import { TriedAgain } from '../failures.ts';

/**
 * `status`: the HTTP status; absent without an answer. `code`: Twilio's own, or the network's, such as ECONNREFUSED.
 */
export type TwilioError = Error & { status?: number; code?: number | string };

/** Not accepted now, to be retried. `reason`: a code for the record; the message contains no number. */
export class SmsNotTaken extends TriedAgain {
  override name = 'SmsNotTaken';
  readonly reason: string;

  constructor(reason: string, hint: string) {
    super(`${hint} (${reason}); the SMS is retried while its code is valid`);
    this.reason = reason;
  }
}

/**
 * Errors in our own settings, which can be fixed within the code's life: the person must not be told to change the
 * number.
 */
const SETTINGS: { codes: number[]; statuses: number[]; hint: string }[] = [
  {
    // 20003, 20403, 20404: credentials, or an account that does not exist.
    codes: [20003, 20403, 20404],
    statuses: [401, 403, 404],
    hint: 'Twilio refuses our credentials: check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN',
  },
  {
    // The sending number does not belong to the account, or cannot send.
    codes: [21212, 21601, 21603, 21606, 21607, 21659, 21660, 21661],
    statuses: [],
    hint: 'Twilio refuses our sender: check TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID',
  },
  {
    codes: [21608],
    statuses: [],
    hint: "a Twilio trial account sends only to verified numbers: upgrade it in Twilio's console",
  },
];

const settingOf = ({ status = 0, code }: TwilioError) =>
  SETTINGS.find(({ codes }) => codes.includes(Number(code))) ??
  SETTINGS.find(({ statuses }) => statuses.includes(status));

/** Why this SMS is refused for good; undefined when it can be retried. */
export function refusalOf(error: TwilioError): SmsFailure | undefined {
  const { status = 0, code } = error;
  const known = failureOf(code);
  if (known) return known;
  const later = settingOf(error) || status === 408 || status === 429;
  return status >= 400 && status < 500 && !later ? 'refused' : undefined;
}

/** The error to throw when it is not a refusal. */
export function notTaken(error: TwilioError): SmsNotTaken {
  const { status, code } = error;
  return new SmsNotTaken(String(code ?? status ?? 'no answer'), hintFor(error));
}

function hintFor(error: TwilioError): string {
  const { status } = error;
  const setting = settingOf(error);
  if (setting) return setting.hint;
  if (status === undefined)
    return 'no answer from Twilio: check that api.twilio.com, or TWILIO_BASE_URL when it is set, is reachable from the worker';
  if (status === 429)
    return 'Twilio says "too many at once": lower LIMIT_SMS_PER_SECOND, or have the limit raised at Twilio';
  return 'Twilio has a problem: check status.twilio.com if it lasts';
}
