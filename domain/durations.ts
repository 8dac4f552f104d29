/** How long the workflows wait, in milliseconds. Passed in at start, so that tests can run a month in seconds. */

const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

/** How long a mail is tried before it is shown as delayed, and how much longer it is tried after that. */
export type MailDurations = { mailDelayedAfter: number; mailRetryFor: number };

export type Durations = MailDurations & {
  /** When the first, second, … reminder is due, counted from the last progress. */
  remindAfter: number[];
  expireAfter: number;
  /** Minimum time between invitations, unless an operator or an address correction asks for one. */
  inviteEvery: number;
  smsCodeTtl: number;
  timeZone: string;
  /** Reminders are sent from this hour (0–23) of the time zone until before the other one (1–24). */
  remindFromHour: number;
  remindUntilHour: number;
};
