/**
 * Tells the engine what the outbox holds. The process that wrote a row tells of it right after its commit (directDispatch.ts);
 * a worker's poller drains the outbox again and again, for what a crash or an engine outage left.
 */
import { type Client, isGrpcServiceError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Db } from '../db/connect.ts';
import { dispatchOutbox, type OutboxRow } from '../db/outbox.ts';
import { NOTICE_TRIED_FOR_MS } from '../db/securityNotices.ts';
import { causesOf } from '../domain/causes.ts';
import type { Durations, MailDurations } from '../domain/durations.ts';
import { REASONS } from '../domain/orders.ts';
import type { Config } from '../processes/config.ts';
import { awaitedQueue, signInChanged, WORKFLOW_ID } from '../workflows/signals.ts';
import { createDirectDispatch, type DirectDispatch } from './directDispatch.ts';

/** Time limit of one call to Temporal, in milliseconds. */
const ENGINE_TIMEOUT_MS = 3_000;
/** gRPC: the run does not exist, so there is nothing to delete. */
const NOT_FOUND = 5;
/** How soon the death of a worker is noticed. */
const WORKFLOW_TASK_TIMEOUT = '5s';

/** What an operator can do, shown beside the current details. The UI cuts off the last line, which is empty for that. */
const DETAILS = `What you can do, with *More Actions → Send a Signal*. Reload the page to see the result in Current Details. The input is one line of JSON: who you are, why (${REASONS.map((reason) => `\`${reason}\``).join(', ')}), and a ticket if there is one: \`{"by": "j.de.vries", "reason": "person-called", "ticket": "INC-1234"}\`.

- \`sendInvitation\`: mails a fresh link at once.
- \`extendDeadline\`, with \`"days": 7\`: moves the deadline by that many days; a negative number makes it earlier.
- \`allowMoreCodes\`: allows the person more codes by SMS.
- \`acknowledge\`: somebody is dealing with the problem.
- \`askFactorReset\`: mails a link for a new second factor.
- \`retryNow\`: retries at once what fails with \`internal-error\`.
- \`cancelOnboarding\`: cancels the onboarding; everything done is kept.

\u00a0`;

const CLOSED_SIGN_IN_DETAILS = `What you can do, with *More Actions → Send a Signal*. Reload the page to see the result in Current Details.

- \`reopenSignIn\` \`{"by": "j.de.vries", "reason": "person-called", "ticket": "INC-1234"}\`: the person can sign in again, with the same password and second factor.

\u00a0`;

/** What each other workflow does, for the workflow list. */
const SUMMARIES = {
  messageNotice: 'Tells somebody whose account is open that a message is waiting',
  signInCode: 'Sends the code of one sign-in by SMS',
  passwordReset: 'Mails a link to choose a new password',
  securityNotice: 'Tells a mobile number that another one was set up in its place',
  closedSignIn: 'Tells of wrong codes after the right password, and waits while sign-in is closed',
};

/** Whether a person is waiting at a page for this workflow. */
const isAwaited = (workflow: keyof typeof SUMMARIES): boolean => workflow !== 'messageNotice';

/** The id of the workflow that a row is for. */
const workflowIdOf = ({ workflow, subjectId }: OutboxRow): string =>
  WORKFLOW_ID[workflow === 'erasure' ? 'onboarding' : workflow](subjectId);

/** The part of Temporal's client that is used here. */
type Engine = Pick<Client, 'workflow' | 'connection'>;

type Dispatcher = DirectDispatch & {
  /** Sends what is due until nothing is left or Temporal refuses. Returns how many rows were sent. */
  dispatchAll(): Promise<number>;
};

const mailDurationsOf = (config: Config): MailDurations => ({
  mailDelayedAfter: config.MAIL_DELAYED_AFTER,
  mailRetryFor: config.MAIL_RETRY_FOR,
});

export const durationsOf = (config: Config): Durations => ({
  remindAfter: config.REMIND_AFTER,
  expireAfter: config.EXPIRE_AFTER,
  inviteEvery: config.INVITE_EVERY,
  smsCodeTtl: config.SMS_CODE_TTL,
  timeZone: config.TIME_ZONE,
  remindFromHour: config.REMIND_FROM_HOUR,
  remindUntilHour: config.REMIND_UNTIL_HOUR,
  ...mailDurationsOf(config),
});

/** `onRecovered`: called when Temporal accepts signals again after it refused or was away; it may have lost runs. */
export function createDispatcher({
  db,
  engine,
  config,
  log,
  onRecovered,
}: {
  db: Db;
  engine: Engine;
  config: Config;
  log: Logger;
  onRecovered?: () => void;
}): Dispatcher {
  const start = { taskQueue: config.TEMPORAL_TASK_QUEUE, workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT };

  async function toOnboarding(row: OutboxRow & { workflow: 'onboarding' }): Promise<void> {
    if (!row.shouldRun) return; // Finished, stopped or erased: nothing is left to tell.
    const { subjectId: onboardingId, signal, payload } = row;
    await engine.workflow.signalWithStart('onboarding', {
      ...start,
      workflowId: workflowIdOf(row),
      args: [{ onboardingId, durations: durationsOf(config) }],
      signal,
      signalArgs: [payload],
      staticSummary: 'Takes one person from the invitation to an open account',
      staticDetails: DETAILS,
    });
  }

  async function once(
    row: OutboxRow & { workflow: Exclude<keyof typeof SUMMARIES, 'closedSignIn'> },
    input: object,
  ): Promise<void> {
    const { workflow } = row;
    await engine.workflow.start(workflow, {
      ...start,
      taskQueue: isAwaited(workflow) ? awaitedQueue(start.taskQueue) : start.taskQueue,
      workflowId: workflowIdOf(row),
      args: [input],
      staticSummary: SUMMARIES[workflow],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  }

  /** A signal, so that a run that is about to end takes another look. */
  async function toClosedSignIn(personId: string): Promise<void> {
    await engine.workflow.signalWithStart('closedSignIn', {
      ...start,
      workflowId: WORKFLOW_ID.closedSignIn(personId),
      args: [{ personId, durations: mailDurationsOf(config) }],
      signal: signInChanged.name,
      signalArgs: [],
      staticSummary: SUMMARIES.closedSignIn,
      staticDetails: CLOSED_SIGN_IN_DETAILS,
    });
  }

  /** Terminates one run and deletes its history: the one with `runId`, or the newest. */
  async function deleteRun(workflowId: string, runId?: string): Promise<void> {
    await engine.connection.workflowService
      .deleteWorkflowExecution({
        namespace: config.temporal.namespace,
        workflowExecution: { workflowId, runId },
      })
      .catch((error) => {
        if (!isGrpcServiceError(error) || error.code !== NOT_FOUND) throw error;
      });
  }

  /**
   * Deletes every run of an erased person. The newest is deleted by workflow id, because the list may not show it yet.
   */
  async function erase(workflowId: string): Promise<void> {
    await deleteRun(workflowId);
    for await (const { runId } of engine.workflow.list({ query: `WorkflowId = '${workflowId}'` }))
      await deleteRun(workflowId, runId);
  }

  async function send(row: OutboxRow): Promise<void> {
    switch (row.workflow) {
      case 'onboarding':
        return toOnboarding(row);
      case 'messageNotice':
        return once(row, { messageId: row.subjectId, durations: mailDurationsOf(config) });
      case 'signInCode':
        return once(row, { smsCodeId: row.subjectId, smsCodeTtl: config.SMS_CODE_TTL });
      case 'passwordReset':
        return once(row, { resetId: row.subjectId });
      case 'securityNotice':
        return once(row, { noticeId: row.subjectId, triedFor: NOTICE_TRIED_FOR_MS });
      case 'closedSignIn':
        return toClosedSignIn(row.subjectId);
      case 'erasure':
        return erase(workflowIdOf(row));
    }
  }

  const tell = (row: OutboxRow): Promise<void> =>
    engine.connection.withDeadline(Date.now() + ENGINE_TIMEOUT_MS, () => send(row));

  let failing = false;
  function note({ isTaken, failure, row }: { isTaken: boolean; failure?: unknown; row?: OutboxRow }): void {
    if (failure && !failing)
      log.warn(
        { workflowId: row && workflowIdOf(row), reason: causesOf(failure) },
        'the engine did not take a signal: it is kept and tried again',
      );
    if (!failure && isTaken && failing) {
      log.info('the engine takes signals again');
      onRecovered?.();
    }
    failing = failure !== undefined || (failing && !isTaken);
  }

  async function dispatchAll(): Promise<number> {
    let total = 0;
    for (;;) {
      const { sent, failure, refused } = await dispatchOutbox(db, tell);
      total += sent;
      note({ isTaken: sent > 0, failure, row: refused });
      if (sent === 0) return total; // What was refused is due later, and no others are.
    }
  }

  async function tellOwn(row: OutboxRow): Promise<void> {
    try {
      await tell(row);
      note({ isTaken: true });
    } catch (failure) {
      note({ isTaken: false, failure, row });
      throw failure;
    }
  }

  return { ...createDirectDispatch({ db, log, tell: tellOwn }), dispatchAll };
}
