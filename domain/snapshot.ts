/**
 * Everything the workflow knows about its onboarding: columns of one row, as of `version`. Times are milliseconds
 * since 1970 by the database's clock. Ids, booleans, numbers and times only, because operators see all of it.
 */
import { FACTS, type FactTimes, factsOf } from './facts.ts';
import { HELP_REASONS, type HelpReason, MAIL_PROBLEMS, type MailProblem, type Problem } from './problems.ts';
import { type Step, steps } from './steps.ts';

const STATUSES = ['open', 'completed', 'expired', 'cancelled'] as const;

/** Changed only by activities of the workflow. */
export type OnboardingStatus = (typeof STATUSES)[number];

export type Snapshot = {
  version: number;
  status: OnboardingStatus;
  /** Open, or requested again after it ended. */
  shouldRun: boolean;
  facts: FactTimes;
  /** The organisation that mails are sent for. */
  clientId: string;
  /** The reason given when help was last asked for. */
  helpReason: HelpReason | null;
  /** When the person reached this step, or the end. */
  stepSince: number;
  progressedAt: number;
  /** When the sender or the person last requested the invitation. */
  requestedAt: number;
  /** Days by which an operator moved the deadline; negative for earlier. */
  extraDays: number;
  /** The start of the current reminder schedule, and the last reminder sent in it: the first is 1. */
  remindersCountFrom: number;
  lastReminder: number;
  invitationsSent: number;
  remindersSent: number;
  /** The version at which an invitation that is still unsent was requested; null when none is due. */
  invitationDue: number | null;
  /** It is sent at once, however recent the last one is. */
  invitationUrgent: boolean;
  invitationSentAt: number | null;
  /** The operator's order for a link to a new second factor whose mail is still unsent; null when none is due. */
  factorResetDue: string | null;
  /** When an operator last handled the person's call for help. */
  acknowledgedAt: number | null;
  /** The newest code requested to verify a number. */
  smsCodeId: string | null;
  /** Its outcome; null while unsent. */
  smsOutcome: SmsOutcome | null;
  mailProblem: MailProblem | null;
  /** The account opened after the person had left, so they get a mail. */
  openedMailDue: boolean;
};

const SMS_OUTCOMES = ['sent', 'failed'] as const;

export type SmsOutcome = (typeof SMS_OUTCOMES)[number];

/** `asOf`: the database's clock when the activity read it. */
export type ReadSnapshot = Snapshot & { asOf: number };

const isTime = (value: unknown) => typeof value === 'number' && Math.abs(value) <= 8.64e15;
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isBoolean = (value: unknown) => typeof value === 'boolean';
const isText = (value: unknown) => typeof value === 'string';
const isOneOf = (values: readonly unknown[]) => (value: unknown) => values.includes(value);
const orNull = (is: (value: unknown) => boolean) => (value: unknown) => value === null || is(value);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const areFacts = (value: unknown) =>
  isRecord(value) && Object.entries(value).every(([name, at]) => isOneOf(FACTS)(name) && isTime(at));

const CHECKS: { [Field in keyof Snapshot]: (value: unknown) => boolean } = {
  version: isCount,
  status: isOneOf(STATUSES),
  shouldRun: isBoolean,
  facts: areFacts,
  clientId: isText,
  helpReason: orNull(isOneOf(HELP_REASONS)),
  stepSince: isTime,
  progressedAt: isTime,
  requestedAt: isTime,
  extraDays: Number.isFinite,
  remindersCountFrom: isTime,
  lastReminder: isCount,
  invitationsSent: isCount,
  remindersSent: isCount,
  invitationDue: orNull(isCount),
  invitationUrgent: isBoolean,
  invitationSentAt: orNull(isTime),
  factorResetDue: orNull(isText),
  acknowledgedAt: orNull(isTime),
  smsCodeId: orNull(isText),
  smsOutcome: orNull(isOneOf(SMS_OUTCOMES)),
  mailProblem: orNull(isOneOf(MAIL_PROBLEMS)),
  openedMailDue: isBoolean,
};

/** Whether every field is valid: anything can be typed into the Temporal UI. */
export const isSnapshot = (value: unknown): value is Snapshot =>
  isRecord(value) && Object.entries(CHECKS).every(([field, isRight]) => isRight(value[field]));

/** The awaited step, or how the onboarding ended. */
export type Place = Step | 'activate' | 'done' | 'expired' | 'cancelled';

export function placeAt({ status, facts }: Pick<Snapshot, 'status' | 'facts'>): Place {
  if (status === 'open') return steps(factsOf(facts)).current;
  return status === 'completed' ? 'done' : status;
}

/** The person called for help, and no operator has handled it since. */
export const waitsForOperator = (
  { facts, acknowledgedAt }: Pick<Snapshot, 'facts' | 'acknowledgedAt'>,
  call: 'notMe' | 'helpAsked',
): boolean => (facts[call] ?? Number.NEGATIVE_INFINITY) > (acknowledgedAt ?? Number.NEGATIVE_INFINITY);

/** Why this person is stuck; null when all is well. `exhausted`: no reminders are left. */
export function problemOf(snapshot: Snapshot, exhausted: boolean): Problem | null {
  const { status, facts, mailProblem, smsOutcome } = snapshot;
  if (status === 'completed') return null;
  if (waitsForOperator(snapshot, 'notMe')) return 'not-me';
  if (waitsForOperator(snapshot, 'helpAsked')) return 'help-asked';
  if (mailProblem) return mailProblem;
  if (facts.codesRefused !== undefined) return 'too-many-codes';
  if (smsOutcome === 'failed' && placeAt(snapshot) === 'sms') return 'sms-undeliverable';
  return exhausted ? 'reminders-exhausted' : null;
}
