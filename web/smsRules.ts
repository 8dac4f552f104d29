/** The settings for SMS codes, as the database takes them. */
import type { Config } from '../config.ts';
import type { SmsRules } from '../db/smsCodes.ts';

export const smsRules = (config: Config): SmsRules => ({
  ttlMs: config.SMS_CODE_TTL,
  resendAfterMs: config.SMS_RESEND_AFTER,
  perDay: config.LIMIT_SMS_PER_DAY,
  perNumber: config.LIMIT_SMS_PER_NUMBER,
  perPrefix: config.LIMIT_SMS_PER_PREFIX,
  perCountry: config.LIMIT_SMS_PER_COUNTRY,
  tries: config.LIMIT_CODE_TRIES,
});

/** A code or token as it was meant: spaces and dashes are how people read digits, not part of them. */
export const digits = (typed: string): string => typed.replace(/[\s\-.]/g, '');

/** Six digits as they were meant, or what is wrong with their form: said before anything is counted or compared. */
export function sixDigits(typed: string): { digits: string } | { refused: 'missing' | 'not-six' } {
  const meant = digits(typed);
  if (meant === '') return { refused: 'missing' };
  return /^\d{6}$/.test(meant) ? { digits: meant } : { refused: 'not-six' };
}
