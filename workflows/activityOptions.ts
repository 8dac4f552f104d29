/** Time-outs, retries and task queues of the activities, each with its reason. */
import {
  ActivityCancellationType,
  type ActivityOptions,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { awaitedQueue, mailQueue, mainQueue, smsQueue } from './signals.ts';

/** Reads and writes of our own database: short, and tried again for as long as the database is away. */
export const DATABASE: ActivityOptions = {
  startToCloseTimeout: '5s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '5s' },
};

/**
 * Within this a worker that died in the middle of a send is noticed, and the next one goes on by itself. Heartbeats come
 * every second (activities/heartbeat.ts), so three may be late: a busy engine is not taken for a dead worker.
 */
const HEARTBEAT = '4s';

/** A try that is under way when a send is broken off may still be sent: then it was, and it counts. */
const { WAIT_CANCELLATION_COMPLETED: cancellationType } = ActivityCancellationType;

/** Mail: tried again for days. */
const mail = (queueOf: (taskQueue: string) => string): ActivityOptions => ({
  taskQueue: queueOf(mainQueue(workflowInfo().taskQueue)),
  startToCloseTimeout: '150s', // Longer than the mailer waits for a slow mail server.
  heartbeatTimeout: HEARTBEAT,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
  cancellationType,
});

/**
 * Every mail, each on its queue. Those that a person waits for at the page are on the queue of what is awaited, with its
 * own slots, connections and share of the rate: behind 5,000 invitations, or behind 20 that a slow mail server holds,
 * they would come minutes late. A priority within one queue would not do: Temporal 1.29 heeds it only where its operator
 * sets `matching.useNewMatcher`, and then, too, every slot of a worker may be taken.
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

/** SMS: only within the life of its code, because a code that comes late is worse than none. */
export const sms = (codeTtl: number): ActivityOptions => ({
  taskQueue: smsQueue(mainQueue(workflowInfo().taskQueue)),
  startToCloseTimeout: '20s',
  heartbeatTimeout: HEARTBEAT,
  scheduleToCloseTimeout: codeTtl,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '20s' },
  cancellationType,
});
