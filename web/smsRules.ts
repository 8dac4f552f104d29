/** The settings for SMS codes, in the form db/ takes. */

import type { SmsRules } from '../db/smsCodes.ts';
import { cleanTyped } from '../domain/typed.ts';
import type { Config } from '../processes/config.ts';

export const smsRules = (config: Config): SmsRules => ({
  ttlMs: config.SMS_CODE_TTL,
  resendAfterMs: config.SMS_RESEND_AFTER,
  perDay: config.LIMIT_SMS_PER_DAY,
  perNumber: config.LIMIT_SMS_PER_NUMBER,
  perPrefix: config.LIMIT_SMS_PER_PREFIX,
  perCountry: config.LIMIT_SMS_PER_COUNTRY,
  perClient: config.LIMIT_SMS_PER_CLIENT,
  attempts: config.LIMIT_CODE_TRIES,
  challenges: config.LIMIT_CODES_AT_ONCE,
});

export type DigitsRefusal = 'missing' | 'not-six';

/**
 * Reads six digits leniently, or says what is wrong with their form before anything is counted or compared. In a whole
 * pasted message, it is the only group of six digits, which may occur twice.
 */
export function sixDigits(typed: string): { digits: string } | { refused: DigitsRefusal } {
  const cleaned = cleanTyped(typed);
  const meant = cleaned.replace(/[ \-.]/g, '');
  if (meant === '') return { refused: 'missing' };
  if (/^\d{6}$/.test(meant)) return { digits: meant };
  const groups = /\p{L}/u.test(cleaned) ? new Set(cleaned.match(/(?<!\d)\d{6}(?!\d)/g)) : new Set<string>();
  const [digits] = groups;
  return digits && groups.size === 1 ? { digits } : { refused: 'not-six' };
}
