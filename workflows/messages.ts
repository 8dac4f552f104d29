/**
 * Everything that can be said to, or asked of, a running workflow. Web, worker and tests import these objects; no other
 * file knows the names. Ids, booleans and numbers only: operators see all of it.
 *
 * They are signals and not updates, because a page never waits for the engine: the fact is in the database already.
 */
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Facts, Step } from '../domain/steps.ts';

/**
 * All facts as they stood at `version` of the onboarding's row. The highest version wins; repeats do no harm. `ageMs`:
 * how long ago it was written, in milliseconds by the database's clock: a signal may be late.
 */
export type Progress = { version: number; facts: Facts; ageMs?: number };

/** Anything can be typed into the Temporal UI; what is not of the pages' form must not stop the workflow. */
export const isProgress = (progress: Progress | null | undefined): boolean =>
  typeof progress?.version === 'number' && typeof progress.facts?.termsAccepted === 'boolean';

/** When the database wrote what a signal says, in milliseconds since 1970. */
export const wasAt = (progress: Progress | null | undefined): number =>
  Date.now() - (Number.isFinite(progress?.ageMs) ? progress!.ageMs! : 0);

/** A sender's message arrived: (again) the invitation is to be sent. */
export const messageSent = defineSignal<[Progress]>('messageSent');
/** The person or the sender's system asked for the invitation again. */
export const invitationRequested = defineSignal<[Progress]>('invitationRequested');
/** The sender corrected the address: everything done so far is void, and the invitation goes to the right one now. */
export const addressCorrected = defineSignal<[Progress]>('addressCorrected');
/** The mail provider reported what became of a mail that the mail server had taken. */
export const mailReceipt = defineSignal<[{ mailId: string; delivered: boolean }]>('mailReceipt');
/** The facts as they stand, for a run that was lost: it was not running and should be. */
export const reconciled = defineSignal<[Progress]>('reconciled');
export const termsAccepted = defineSignal<[Progress]>('termsAccepted');
export const passwordChanged = defineSignal<[Progress]>('passwordChanged');
/** A code is to be sent by SMS. The number and the code stay in the database under this id. */
export const smsRequested = defineSignal<[Progress & { smsCodeId: string }]>('smsRequested');
/** The provider said what became of an SMS. */
export const smsReceipt = defineSignal<[{ smsCodeId: string; delivered: boolean }]>('smsReceipt');
/** No more codes for now: a limit on SMS was reached. The person is told, and can use the app. */
export const codesRefused = defineSignal<[Progress]>('codesRefused');
export const smsVerified = defineSignal<[Progress]>('smsVerified');
export const smsSkipped = defineSignal<[Progress]>('smsSkipped');
export const appVerified = defineSignal<[Progress]>('appVerified');
export const appSkipped = defineSignal<[Progress]>('appSkipped');
/** The person confirmed, by mail and own password, that the second factor is to be set up anew. */
export const factorsReset = defineSignal<[Progress]>('factorsReset');
export const profileSaved = defineSignal<[Progress]>('profileSaved');
/** "I can't do this." */
export const helpAsked = defineSignal<[Progress]>('helpAsked');
/** "This is not me." */
export const notMe = defineSignal<[Progress]>('notMe');

/** What an operator types into the Temporal UI. */
export type Order = { days?: number; reason?: string } | null;

/** From an operator, in the Temporal UI: send the invitation again now. Input: `{ "reason": "…" }`, or nothing. */
export const sendInvitation = defineSignal<[Order?]>('sendInvitation');

/** From an operator: the invitation works this many days longer; less than 0: shorter. Input: `{ "days": 7, "reason": "…" }`. */
export const extendDeadline = defineSignal<[Order?]>('extendDeadline');

/** From an operator: stop this onboarding. The person is told who to ask; sender or operator can start it again. */
export const cancelOnboarding = defineSignal<[Order?]>('cancelOnboarding');

/** From an operator: mail the person a link to set up the second factor anew, with the own password. */
export const askFactorReset = defineSignal<[Order?]>('askFactorReset');

/** From an operator: the person may ask for codes by SMS again, although the limit of today was reached. */
export const allowMoreCodes = defineSignal<[Order?]>('allowMoreCodes');

/** Something changed of what is closed at sign-in: closed, opened, or a mail is due. */
export const signInChanged = defineSignal('signInChanged');

/** From an operator: the account can be signed in to again. */
export const reopenSignIn = defineSignal<[Order?]>('reopenSignIn');

/** Signals that web sends after it wrote the fact; nearly all carry every fact. */
export const PROGRESS_SIGNALS = {
  messageSent,
  invitationRequested,
  addressCorrected,
  mailReceipt,
  reconciled,
  termsAccepted,
  passwordChanged,
  smsRequested,
  smsReceipt,
  codesRefused,
  smsVerified,
  smsSkipped,
  appVerified,
  appSkipped,
  factorsReset,
  profileSaved,
  helpAsked,
  notMe,
} as const;

export type ProgressSignal = keyof typeof PROGRESS_SIGNALS;

/** Why somebody does not get on; each has its filter in the Temporal UI. */
export type Problem =
  | 'mail-undeliverable'
  | 'mail-delayed'
  | 'too-many-codes'
  | 'sms-undeliverable'
  | 'reminders-exhausted'
  | 'help-asked'
  | 'not-me';

export type Status = {
  /** The awaited step; `activate` while the account is being opened; `done`, `expired` or `cancelled` at the end. */
  step: Step | 'activate' | 'done' | 'expired' | 'cancelled';
  /** Steps the person may do now. */
  open: readonly Step[];
  /** At this step since (ISO 8601). */
  since: string;
  facts: Facts;
  version: number;
  problem: Problem | null;
  invitationsSent: number;
  remindersSent: number;
  /** When the next reminder is due (ISO 8601), null when none is. */
  nextReminderAt: string | null;
};

export const status = defineQuery<Status>('status');

/** How long a mail is tried before it is shown as delayed, and how much longer then, in milliseconds. */
export type MailDurations = { mailDelayedAfter: number; mailRetryFor: number };

/** How long the workflow waits for what, in milliseconds. Given at its start, so a test can live a month in seconds. */
export type Durations = Partial<MailDurations> & {
  remindAfter: number[];
  expireAfter: number;
  inviteEvery: number;
  smsCodeTtl: number;
  timeZone: string;
  remindFromHour: number;
  remindUntilHour: number;
};

export type OnboardingInput = {
  onboardingId: string;
  durations: Durations;
  /** What the run before this one answered an operator, and how many orders it had carried out. */
  operatorNote?: string;
  orders?: number;
};

/** `durations` is absent in runs that began before 2026-11-23. */
export type MessageNoticeInput = { messageId: string; durations?: Partial<MailDurations> };

export type ClosedSignInInput = { personId: string; durations: MailDurations };

export const onboardingWorkflowId = (onboardingId: string) => `onboarding-${onboardingId}`;
export const messageNoticeWorkflowId = (messageId: string) => `message-notice-${messageId}`;
export const passwordResetWorkflowId = (resetId: string) => `password-reset-${resetId}`;
export const closedSignInWorkflowId = (personId: string) => `closed-sign-in-${personId}`;
export const signInCodeWorkflowId = (smsCodeId: string) => `sign-in-code-${smsCodeId}`;

/** Mail and SMS have queues of their own: each keeps its rate, and a mail server that hangs holds up nothing else. */
export const mailQueue = (taskQueue: string) => `${taskQueue}-mail`;
export const smsQueue = (taskQueue: string) => `${taskQueue}-sms`;
