/**
 * Everything that can be said to, or asked of, a running workflow, and the ids of the workflows. Ids, booleans and numbers
 * only: operators see all of it. What the pages, the senders and the providers say is in domain/signals.ts.
 */
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Durations, MailDurations } from '../domain/durations.ts';
import type { Facts } from '../domain/facts.ts';
import type { Problem } from '../domain/problems.ts';
import type { Place } from '../domain/snapshot.ts';
import type { Step } from '../domain/steps.ts';

/** What an operator types into the Temporal UI, if all is well (domain/orders.ts). */
export type OrderInput = { by?: string; reason?: string; ticket?: string; days?: number } | null;

/** From an operator, in the Temporal UI: send the invitation again now. */
export const sendInvitation = defineSignal<[OrderInput?]>('sendInvitation');

/** From an operator: the invitation works this many `days` longer; less than 0: shorter. */
export const extendDeadline = defineSignal<[OrderInput?]>('extendDeadline');

/** From an operator: the person may ask for codes by SMS again, although the limit of today was reached. */
export const allowMoreCodes = defineSignal<[OrderInput?]>('allowMoreCodes');

/** From an operator: what the person called for is being seen to, and waits for nobody any more. */
export const acknowledge = defineSignal<[OrderInput?]>('acknowledge');

/** From an operator: mail the person a link to set up the second factor again, with their own password. */
export const askFactorReset = defineSignal<[OrderInput?]>('askFactorReset');

/** From an operator: what fails with `internal-error` is tried again at once. */
export const retryNow = defineSignal<[OrderInput?]>('retryNow');

/** From an operator: stop this onboarding. The person is told who to ask; sender or operator can start it again. */
export const cancelOnboarding = defineSignal<[OrderInput?]>('cancelOnboarding');

/** Something changed of what is closed at sign-in: closed, opened, or a mail is due. */
export const signInChanged = defineSignal('signInChanged');

/** From an operator: the account can be signed in to again. */
export const reopenSignIn = defineSignal<[OrderInput?]>('reopenSignIn');

export type Status = {
  /** The awaited step; `activate` while the account is being opened; `done`, `expired` or `cancelled` at the end. */
  step: Place;
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

export type OnboardingInput = {
  onboardingId: string;
  durations: Durations;
  /** What the run before this one answered an operator, and how many orders it had carried out. */
  operatorNote?: string;
  orders?: number;
};

export type MessageNoticeInput = { messageId: string; durations: MailDurations };

export type ClosedSignInInput = { personId: string; durations: MailDurations };

/** `triedFor`: in milliseconds. */
export type SecurityNoticeInput = { noticeId: string; triedFor: number };

export const onboardingWorkflowId = (onboardingId: string) => `onboarding-${onboardingId}`;
export const messageNoticeWorkflowId = (messageId: string) => `message-notice-${messageId}`;
export const passwordResetWorkflowId = (resetId: string) => `password-reset-${resetId}`;
export const closedSignInWorkflowId = (personId: string) => `closed-sign-in-${personId}`;
export const securityNoticeWorkflowId = (noticeId: string) => `security-notice-${noticeId}`;
export const signInCodeWorkflowId = (smsCodeId: string) => `sign-in-code-${smsCodeId}`;

/** The id of each workflow, by what it is about. */
export const WORKFLOW_ID = {
  onboarding: onboardingWorkflowId,
  messageNotice: messageNoticeWorkflowId,
  passwordReset: passwordResetWorkflowId,
  signInCode: signInCodeWorkflowId,
  closedSignIn: closedSignInWorkflowId,
  securityNotice: securityNoticeWorkflowId,
};

/** Mail and SMS have queues of their own: each keeps its rate, and a mail server that hangs holds up nothing else. */
export const mailQueue = (taskQueue: string) => `${taskQueue}-mail`;
export const smsQueue = (taskQueue: string) => `${taskQueue}-sms`;

const AWAITED = '-awaited';

/**
 * For what a person waits for at the page: the workflows of sign-in codes and new passwords, and the mails of
 * `mailActivities`. The workflow tasks of 5,000 new onboardings hold up nothing here.
 */
export const awaitedQueue = (taskQueue: string) => `${taskQueue}${AWAITED}`;

/** From which the names of all queues are made, whichever of the two a workflow runs on. */
export const mainQueue = (taskQueue: string) =>
  taskQueue.endsWith(AWAITED) ? taskQueue.slice(0, -AWAITED.length) : taskQueue;

/** A filter for all workflows that workers with this task queue run. */
export const runsOf = (taskQueue: string) => `TaskQueue IN ('${taskQueue}', '${awaitedQueue(taskQueue)}')`;
