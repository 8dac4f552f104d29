/**
 * Whatever the database says should be running is running: finds what the engine has lost and starts it again, with
 * everything kept. The worker calls it at its start, now and then, and when the engine is back; operators by command.
 */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Db } from '../db/connect.ts';
import { alone, startAgain, type UnfinishedWorkflow, unfinished } from '../db/unfinished.ts';
import type { Config } from '../processes/config.ts';
import {
  closedSignInWorkflowId,
  messageNoticeWorkflowId,
  onboardingWorkflowId,
  passwordResetWorkflowId,
  signInCodeWorkflowId,
} from '../workflows/messages.ts';
import { registerSearchAttributes } from './registerSearchAttributes.ts';

/** How long the engine may take to list all that is running, in milliseconds. */
const LIST_WITHIN_MS = 60_000;

const WORKFLOW_ID: Record<UnfinishedWorkflow, (subjectId: string) => string> = {
  onboarding: onboardingWorkflowId,
  messageNotice: messageNoticeWorkflowId,
  passwordReset: passwordResetWorkflowId,
  signInCode: signInCodeWorkflowId,
  closedSignIn: closedSignInWorkflowId,
};

export type Reconciled = { shouldRun: number; started: number } | { refused: 'busy' };

/**
 * `reconcile` resolves when everything that is missing is in the outbox, from where the relay starts it; `busy`: another
 * process is at it now. It throws when the engine is away.
 *
 * The engine's list lags a little behind. A run that began just now may be told once more what it knows, which does no
 * harm; one that was lost just now may still be in the list, and is found the next time.
 */
export function createReconciliation(given: { db: Db; engine: Client; config: Config; log: Logger }) {
  const { db, engine, config, log } = given;
  const { namespace } = config.temporal;

  async function runningIds(): Promise<Set<string>> {
    const ids = new Set<string>();
    const query = `TaskQueue = '${config.TEMPORAL_TASK_QUEUE}' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId } of engine.workflow.list({ query })) ids.add(workflowId);
    return ids;
  }

  async function startWhatIsLost(): Promise<{ shouldRun: number; started: number }> {
    const running = await engine.connection.withDeadline(Date.now() + LIST_WITHIN_MS, async () => {
      // An engine that lost everything has lost these, too, and every run would fail without them.
      await registerSearchAttributes(engine.connection, namespace);
      return runningIds();
    });
    const since = {
      notice: config.MAIL_DELAYED_AFTER + config.MAIL_RETRY_FOR,
      signInCode: config.SMS_CODE_TTL,
    };
    let shouldRun = 0;
    let started = 0;
    for await (const { workflow, ids } of unfinished(db, since)) {
      shouldRun += ids.length;
      const lost = ids.filter((id) => !running.has(WORKFLOW_ID[workflow](id)));
      started += await startAgain(db, { workflow, ids: lost });
    }
    if (started > 0) log.warn({ shouldRun, started }, 'runs were lost and are started again');
    return { shouldRun, started };
  }

  return async function reconcile(): Promise<Reconciled> {
    return (await alone(db, startWhatIsLost)) ?? { refused: 'busy' };
  };
}
