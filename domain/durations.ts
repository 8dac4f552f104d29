/** How long the workflows wait for what, in milliseconds. Given at their start, so a test lives a month in seconds. */

const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

/** How long a mail is tried before it is shown as delayed, and how much longer it is tried then. */
export type MailDurations = { mailDelayedAfter: number; mailRetryFor: number };

export type Durations = MailDurations & {
  /** When the first, second, … reminder is due, counted from the last progress. */
  remindAfter: number[];
  expireAfter: number;
  /** At most one invitation in this time, unless an operator or a corrected address asks for it. */
  inviteEvery: number;
  smsCodeTtl: number;
  timeZone: string;
  /** Reminders leave from this hour (0–23) of the time zone until before the other one (1–24). */
  remindFromHour: number;
  remindUntilHour: number;
};
