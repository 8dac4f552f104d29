/** Time-outs, retries and task queues of the activities, each with its reason. */
import { ActivityCancellationType, type ActivityOptions, workflowInfo } from '@temporalio/workflow';
import { mailQueue, smsQueue } from './signals.ts';

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
export const mail = (): ActivityOptions => ({
  taskQueue: mailQueue(workflowInfo().taskQueue),
  startToCloseTimeout: '150s', // Longer than the mailer waits for a slow mail server.
  heartbeatTimeout: HEARTBEAT,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '5m' },
  cancellationType,
});

/** SMS: only within the life of its code, because a code that comes late is worse than none. */
export const sms = (codeTtl: number): ActivityOptions => ({
  taskQueue: smsQueue(workflowInfo().taskQueue),
  startToCloseTimeout: '20s',
  heartbeatTimeout: HEARTBEAT,
  scheduleToCloseTimeout: codeTtl,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '20s' },
  cancellationType,
});
