/** Time-outs, retries and task queues of the activities, with the reasons. */
import {
  ActivityCancellationType,
  type ActivityOptions,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { awaitedQueue, mailQueue, mainQueue, smsQueue } from './signals.ts';

/** Reads and writes of our own database: short, and retried for as long as the database is away. */
export const DATABASE: ActivityOptions = {
  startToCloseTimeout: '5s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '5s' },
};

/**
 * How soon a worker that died while sending is noticed, so that the next one continues. Heartbeats come every second
 * (activities/heartbeat.ts), so three may be late: a busy Temporal does not look like a dead worker.
 */
const HEARTBEAT = '4s';

/** A cancelled send waits for its running try, which may still succeed and then counts. */
const { WAIT_CANCELLATION_COMPLETED: cancellationType } = ActivityCancellationType;

/** Mail: retried for days. */
const mail = (queueOf: (taskQueue: string) => string): ActivityOptions => ({
  taskQueue: queueOf(mainQueue(workflowInfo().taskQueue)),
  startToCloseTimeout: '150s', // Longer than the mailer waits for a slow mail server.
  heartbeatTimeout: HEARTBEAT,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
  cancellationType,
});

/**
 * Every mail, each on its queue. Mails that a person waits for at a page use a queue of their own, with its own slots,
 * connections and share of the rate: behind 5,000 invitations, or behind 20 that a slow mail server holds, they would
 * come minutes late. A priority within one queue would not do: Temporal 1.29 heeds it only where its operator sets
 * `matching.useNewMatcher`, and even then all slots of a worker may be taken.
 */
export function mailActivities() {
  const awaited = proxyActivities<Activities>(mail(awaitedQueue));
  const { sendAccountOpened, sendPasswordReset, sendFactorReset, sendFactorNotice } = awaited;
  const { sendInvitation, sendReminder, sendMessageNotice } = proxyActivities<Activities>(mail(mailQueue));
  return {
    sendAccountOpened,
    sendPasswordReset,
    sendFactorReset,
    sendFactorNotice,
    sendInvitation,
    sendReminder,
    sendMessageNotice,
  };
}

/** SMS: only within the life of the code, because a late code is worse than none. */
export const sms = (codeTtl: number): ActivityOptions => ({
  taskQueue: smsQueue(mainQueue(workflowInfo().taskQueue)),
  startToCloseTimeout: '20s',
  heartbeatTimeout: HEARTBEAT,
  scheduleToCloseTimeout: codeTtl,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '20s' },
  cancellationType,
});
