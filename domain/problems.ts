/** Why somebody does not get on; each has its filter in the Temporal UI. */
export const PROBLEMS = [
  'mail-undeliverable',
  'mail-delayed',
  'too-many-codes',
  'sms-undeliverable',
  'reminders-exhausted',
  'help-asked',
  'not-me',
] as const;

export type Problem = (typeof PROBLEMS)[number];

/** Of mails: refused for good, or not taken for now. */
export type MailProblem = Extract<Problem, 'mail-undeliverable' | 'mail-delayed'>;
