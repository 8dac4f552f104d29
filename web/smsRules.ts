/** The settings for SMS codes, as the database takes them. */
import type { Config } from '../config.ts';
import type { SmsRules } from '../db/smsCodes.ts';

export const smsRules = (config: Config): SmsRules => ({
  ttlMs: config.SMS_CODE_TTL,
  resendAfterMs: config.SMS_RESEND_AFTER,
  perDay: config.LIMIT_SMS_PER_DAY,
  perNumber: config.LIMIT_SMS_PER_NUMBER,
  tries: config.LIMIT_CODE_TRIES,
});

/** A code or token as it was meant: spaces and dashes are how people read digits, not part of them. */
export const digits = (typed: string): string => typed.replace(/[\s\-.]/g, '');
