/**
 * Everything that the workflow knows of its onboarding: columns of one row, as they stood at `version`. Times are
 * milliseconds since 1970 by the database's clock. Ids, booleans, numbers and times only: operators see all of it.
 */
import { FACTS, type FactTimes, factsOf } from './facts.ts';
import { HELP_REASONS, type HelpReason, MAIL_PROBLEMS, type MailProblem, type Problem } from './problems.ts';
import { type Step, steps } from './steps.ts';

const STATUSES = ['open', 'completed', 'expired', 'cancelled'] as const;

/** Changed by activities of the workflow only. */
export type OnboardingStatus = (typeof STATUSES)[number];

export type Snapshot = {
  version: number;
  status: OnboardingStatus;
  /** Open, or ended and asked for again since. */
  shouldRun: boolean;
  facts: FactTimes;
  /** The organisation that mails come from now. */
  clientId: string;
  /** What was chosen when help was last asked for. */
  helpReason: HelpReason | null;
  /** At this step, or ended, since. */
  stepSince: number;
  progressedAt: number;
  /** When the sender or the person last asked for the invitation. */
  requestedAt: number;
  /** An operator made this one live so many days longer, or shorter. */
  extraDays: number;
  /** Reminders count from here, and this was the last one since: 1 for the first. */
  remindersCountFrom: number;
  lastReminder: number;
  invitationsSent: number;
  remindersSent: number;
  /** The version at which the invitation was asked for that has not been sent yet; null: none is due. */
  invitationDue: number | null;
  /** It leaves at once, however young the last one is. */
  invitationUrgent: boolean;
  invitationSentAt: number | null;
  /** The operator's order of a mail with a link for a new second factor that has not been sent yet; null: none is due. */
  factorResetDue: string | null;
  /** What the person called for until then was taken up by an operator. */
  acknowledgedAt: number | null;
  /** The newest code that was asked for to verify a number. */
  smsCodeId: string | null;
  /** What became of it; null: it has not been sent yet. */
  smsOutcome: SmsOutcome | null;
  mailProblem: MailProblem | null;
  /** The account opened after its person had gone: they get a mail. */
  openedMailDue: boolean;
};

const SMS_OUTCOMES = ['sent', 'failed'] as const;

export type SmsOutcome = (typeof SMS_OUTCOMES)[number];

/** `asOf`: the database's clock when an activity read it. */
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

/** Whether it is a snapshot to the last field: anything can be typed into the Temporal UI. */
export const isSnapshot = (value: unknown): value is Snapshot =>
  isRecord(value) && Object.entries(CHECKS).every(([field, isRight]) => isRight(value[field]));

/** The awaited step, or how it ended. */
export type Place = Step | 'activate' | 'done' | 'expired' | 'cancelled';

export function placeAt({ status, facts }: Pick<Snapshot, 'status' | 'facts'>): Place {
  if (status === 'open') return steps(factsOf(facts)).current;
  return status === 'completed' ? 'done' : status;
}

/** The person called for somebody, and no operator has done anything about it since. */
export const waitsForOperator = (
  { facts, acknowledgedAt }: Pick<Snapshot, 'facts' | 'acknowledgedAt'>,
  call: 'notMe' | 'helpAsked',
): boolean => (facts[call] ?? Number.NEGATIVE_INFINITY) > (acknowledgedAt ?? Number.NEGATIVE_INFINITY);

/** Why this person does not get on; null when all is well. `exhausted`: no reminder comes any more. */
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
