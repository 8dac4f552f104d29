/**
 * Signals and queries of running workflows, and the workflows' ids. Ids, booleans and numbers only, because operators
 * see all of it. Signals from the pages, senders and providers are in domain/signals.ts.
 */
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { Durations, MailDurations } from '../domain/durations.ts';
import type { Facts } from '../domain/facts.ts';
import type { Problem } from '../domain/problems.ts';
import type { Place } from '../domain/snapshot.ts';
import type { Step } from '../domain/steps.ts';

/** What an operator types into the Temporal UI, if it is valid (domain/orders.ts). */
export type OrderInput = { by?: string; reason?: string; ticket?: string; days?: number } | null;

/** From an operator, in the Temporal UI: send the invitation again now. */
export const sendInvitation = defineSignal<[OrderInput?]>('sendInvitation');

/** From an operator: move the deadline by `days`; earlier when negative. */
export const extendDeadline = defineSignal<[OrderInput?]>('extendDeadline');

/** From an operator: the person may request SMS codes again, although today's limit was reached. */
export const allowMoreCodes = defineSignal<[OrderInput?]>('allowMoreCodes');

/** From an operator: the person's call for help is being handled. */
export const acknowledge = defineSignal<[OrderInput?]>('acknowledge');

/** From an operator: mail the person a link to set up the second factor again, with their own password. */
export const askFactorReset = defineSignal<[OrderInput?]>('askFactorReset');

/** From an operator: retry at once what fails with `internal-error`. */
export const retryNow = defineSignal<[OrderInput?]>('retryNow');

/** From an operator: stop this onboarding. The person is told who to ask; sender or operator can start it again. */
export const cancelOnboarding = defineSignal<[OrderInput?]>('cancelOnboarding');

/** Sign-in was closed or opened, or a mail about it is due. */
export const signInChanged = defineSignal('signInChanged');

/** From an operator: sign-in to the account is open again. */
export const reopenSignIn = defineSignal<[OrderInput?]>('reopenSignIn');

export type Status = {
  /** The awaited step; `activate` while the account is being opened; `done`, `expired` or `cancelled` at the end. */
  step: Place;
  /** Steps the person may do now. */
  open: readonly Step[];
  /** When the person reached this step (ISO 8601). */
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
  /** The previous run's answer to an operator, and the number of orders it had carried out. */
  operatorNote?: string;
  orders?: number;
};

export type MessageNoticeInput = { messageId: string; durations: MailDurations };

export type ClosedSignInInput = { personId: string; durations: MailDurations };

/** `triedFor`: how long to try, in milliseconds. */
export type SecurityNoticeInput = { noticeId: string; triedFor: number };

export const onboardingWorkflowId = (onboardingId: string) => `onboarding-${onboardingId}`;
export const messageNoticeWorkflowId = (messageId: string) => `message-notice-${messageId}`;
export const passwordResetWorkflowId = (resetId: string) => `password-reset-${resetId}`;
export const closedSignInWorkflowId = (personId: string) => `closed-sign-in-${personId}`;
export const securityNoticeWorkflowId = (noticeId: string) => `security-notice-${noticeId}`;
export const signInCodeWorkflowId = (smsCodeId: string) => `sign-in-code-${smsCodeId}`;

/** The id of each workflow, from the id of its subject. */
export const WORKFLOW_ID = {
  onboarding: onboardingWorkflowId,
  messageNotice: messageNoticeWorkflowId,
  passwordReset: passwordResetWorkflowId,
  signInCode: signInCodeWorkflowId,
  closedSignIn: closedSignInWorkflowId,
  securityNotice: securityNoticeWorkflowId,
};

/** Mail and SMS have their own queues: each keeps its rate, and a hanging mail server delays nothing else. */
export const mailQueue = (taskQueue: string) => `${taskQueue}-mail`;
export const smsQueue = (taskQueue: string) => `${taskQueue}-sms`;

const AWAITED = '-awaited';

/**
 * For what a person waits for at a page: the workflows of sign-in codes and new passwords, and the mails of
 * `mailActivities`. The workflow tasks of 5,000 new onboardings do not delay it.
 */
export const awaitedQueue = (taskQueue: string) => `${taskQueue}${AWAITED}`;

/** The queue name that all queue names are derived from, whichever of the two a workflow runs on. */
export const mainQueue = (taskQueue: string) =>
  taskQueue.endsWith(AWAITED) ? taskQueue.slice(0, -AWAITED.length) : taskQueue;

/** A filter for all workflows on these task queues. */
export const runsOf = (taskQueue: string) => `TaskQueue IN ('${taskQueue}', '${awaitedQueue(taskQueue)}')`;
