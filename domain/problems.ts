/** Mail problems: refused for good, or not accepted for now. */
export const MAIL_PROBLEMS = ['mail-undeliverable', 'mail-delayed'] as const;

export type MailProblem = (typeof MAIL_PROBLEMS)[number];

/** What the person chose under "I can't do this". */
export const HELP_REASONS = [
  'no-phone',
  'lost-phone',
  'no-sms',
  'no-app',
  'temporary-password',
  'other',
] as const;

export type HelpReason = (typeof HELP_REASONS)[number];

/** Why somebody is stuck; each has its filter in the Temporal UI. */
export type Problem =
  | MailProblem
  | 'too-many-codes'
  | 'sms-undeliverable'
  | 'reminders-exhausted'
  | 'help-asked'
  | 'not-me'
  /** An activity cannot succeed; only the run knows this, not the database. */
  | 'internal-error';
