/** What an error of Twilio's API means: the number is refused for good, or it is tried again and an operator told why. */
import { failureOf, type SmsFailure } from '../../db/smsFailures.ts';
import { TriedAgain } from '../failures.ts';

/** `status`: of HTTP; none when there was no answer. `code`: Twilio's own, or the network's such as ECONNREFUSED. */
export type TwilioError = Error & { status?: number; code?: number | string };

/** Not taken now, to be tried again. `reason`: a code for the record; the message has no number. */
export class SmsNotTaken extends TriedAgain {
  override name = 'SmsNotTaken';
  readonly reason: string;

  constructor(reason: string, cure: string) {
    super(`${cure} (${reason}); the SMS is retried while its code is valid`);
    this.reason = reason;
  }
}

/** Our own settings, which can be mended within the code's life: a person is not to be told to change the number. */
const SETTINGS: { codes: number[]; statuses: number[]; cure: string }[] = [
  {
    // 20003, 20403, 20404: credentials, or an account that does not exist.
    codes: [20003, 20403, 20404],
    statuses: [401, 403, 404],
    cure: 'Twilio refuses our credentials: check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN',
  },
  {
    // The sender's number is none of the account's, or cannot send.
    codes: [21212, 21601, 21603, 21606, 21607, 21659, 21660, 21661],
    statuses: [],
    cure: 'Twilio refuses our sender: check TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID',
  },
  {
    codes: [21608],
    statuses: [],
    cure: "a Twilio trial account sends only to verified numbers: upgrade it in Twilio's console",
  },
];

const settingOf = ({ status = 0, code }: TwilioError) =>
  SETTINGS.find(({ codes }) => codes.includes(Number(code))) ??
  SETTINGS.find(({ statuses }) => statuses.includes(status));

/** Why this SMS is refused for good; undefined when it may be tried again. */
export function refusalOf(error: TwilioError): SmsFailure | undefined {
  const { status = 0, code } = error;
  const known = failureOf(code);
  if (known) return known;
  const later = settingOf(error) || status === 408 || status === 429;
  return status >= 400 && status < 500 && !later ? 'refused' : undefined;
}

/** What to throw for an error that is no refusal. */
export function notTaken(error: TwilioError): SmsNotTaken {
  const { status, code } = error;
  return new SmsNotTaken(String(code ?? status ?? 'no answer'), cureFor(error));
}

function cureFor(error: TwilioError): string {
  const { status } = error;
  const setting = settingOf(error);
  if (setting) return setting.cure;
  if (status === undefined)
    return 'no answer from Twilio: check that api.twilio.com, or TWILIO_BASE_URL when it is set, is reachable from the worker';
  if (status === 429)
    return 'Twilio says "too many at once": lower LIMIT_SMS_PER_SECOND, or have the limit raised at Twilio';
  return 'Twilio has a problem: check status.twilio.com if it lasts';
}
