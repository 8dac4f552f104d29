/** A running worker: the workflows, their activities, and the outbox poller. */
import path from 'node:path';
import { Client } from '@temporalio/client';
import {
  bundleWorkflowCode,
  NativeConnection,
  Runtime,
  Worker,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import type { Logger } from 'pino';
import { type Activities, createActivities } from '../activities/activities.ts';
import { explainFailures } from '../activities/failures.ts';
import { HEARTBEAT_EVERY_MS } from '../activities/heartbeat.ts';
import { createMailer, type Mailer } from '../activities/mail/mailer.ts';
import { createSmsSender, type SmsSenderOptions } from '../activities/sms/smsSender.ts';
import { connect, disconnect } from '../db/connect.ts';
import { durationsOf } from '../outbox/dispatch.ts';
import { startPoller } from '../outbox/poller.ts';
import { registerSearchAttributes } from '../outbox/registerSearchAttributes.ts';
import { awaitedQueue, mailQueue, smsQueue } from '../workflows/signals.ts';
import type { Config } from './config.ts';
import { startMeasuring } from './measuring.ts';

/** Half a megabyte each (measured: 0.1 GB for 200). */
const CACHED_WORKFLOWS = 200;
const WORKFLOW_SLOTS = 40;
/** For workflows that live for seconds. */
const CACHED_AWAITED_WORKFLOWS = 20;
const AWAITED_WORKFLOW_SLOTS = 10;
const ACTIVITY_SLOTS = 50;
/** How many mails of each queue, and SMS, one worker sends at once. */
export const SEND_SLOTS = 20;
/** The share of LIMIT_MAILS_PER_SECOND reserved for mails that a person is waiting for at a page. */
const AWAITED_SHARE = 1 / 4;
/** At least the number of partitions of a task queue (4 by default), so that each is polled. */
const POLLS = 5;
/** How long a dead worker's workflows wait before another takes them over; the default is 10 s. */
const STICKY_TIMEOUT = '2s';
/** How long running activities may take to finish at a stop. */
const GRACE = '15s';
const FORCE = '25s';

/** The URL at which web receives delivery receipts. */
const RECEIPTS = '/webhooks/twilio';

export const WORKFLOWS = path.join(import.meta.dirname, '../workflows/workflows.ts');

export type RunningWorker = {
  /** Resolves when the worker has stopped; rejects when it cannot continue. */
  finished: Promise<void>;
  stop(): Promise<void>;
};

/** `errors`: settings that only the worker needs and that are missing. */
export function workerSettings(
  config: Config,
): { smtpUrl: string; smsSender: SmsSenderOptions } | { errors: string[] } {
  const { SMTP_URL, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM, TWILIO_MESSAGING_SERVICE_SID } =
    config;
  const errors = [
    ...(SMTP_URL ? [] : ['SMTP_URL: give the mail server, for example smtps://user:password@host']),
    ...(TWILIO_ACCOUNT_SID && TWILIO_AUTH_TOKEN ? [] : ['TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN: give both']),
    ...(TWILIO_FROM || TWILIO_MESSAGING_SERVICE_SID
      ? []
      : ['TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID: give one']),
  ];
  if (!SMTP_URL || !TWILIO_ACCOUNT_SID || !TWILIO_AUTH_TOKEN || errors.length) return { errors };
  const receiptsReachUs = config.PUBLIC_URL.protocol === 'https:' || config.TWILIO_BASE_URL !== undefined;
  return {
    smtpUrl: SMTP_URL,
    smsSender: {
      accountSid: TWILIO_ACCOUNT_SID,
      authToken: TWILIO_AUTH_TOKEN,
      from: TWILIO_FROM,
      messagingServiceSid: TWILIO_MESSAGING_SERVICE_SID,
      baseUrl: config.TWILIO_BASE_URL,
      statusCallback: receiptsReachUs ? new URL(RECEIPTS, config.PUBLIC_URL).href : undefined,
    },
  };
}

const COMMON = {
  // Otherwise the SDK sends a heartbeat only shortly before it would time out.
  maxHeartbeatThrottleInterval: HEARTBEAT_EVERY_MS,
  shutdownGraceTime: GRACE,
  shutdownForceTime: FORCE,
};

/** One worker per task queue, all in this process. */
function createWorkers(given: {
  common: typeof COMMON & Pick<WorkerOptions, 'connection' | 'namespace' | 'interceptors'>;
  config: Config;
  bundle: WorkflowBundleOption;
  activities: Record<'awaited' | 'others', Activities>;
}): Promise<Worker[]> {
  const { common, config, bundle, activities } = given;
  const { TEMPORAL_TASK_QUEUE: taskQueue, LIMIT_MAILS_PER_SECOND, LIMIT_SMS_PER_SECOND } = config;
  const sending = { maxConcurrentActivityTaskExecutions: SEND_SLOTS, maxConcurrentActivityTaskPolls: POLLS };
  const workflows = {
    workflowBundle: bundle,
    maxConcurrentWorkflowTaskPolls: POLLS,
    stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
  };
  // Temporal enforces the rate across all workers.
  const sender = (queue: string, maxTaskQueueActivitiesPerSecond: number) =>
    Worker.create({
      ...common,
      ...sending,
      activities: activities.others,
      taskQueue: queue,
      maxTaskQueueActivitiesPerSecond,
    });
  return Promise.all([
    Worker.create({
      ...common,
      ...workflows,
      activities: activities.others,
      taskQueue,
      maxCachedWorkflows: CACHED_WORKFLOWS,
      maxConcurrentWorkflowTaskExecutions: WORKFLOW_SLOTS,
      maxConcurrentActivityTaskExecutions: ACTIVITY_SLOTS,
      maxConcurrentActivityTaskPolls: POLLS,
    }),
    Worker.create({
      ...common,
      ...workflows,
      ...sending,
      activities: activities.awaited,
      taskQueue: awaitedQueue(taskQueue),
      maxCachedWorkflows: CACHED_AWAITED_WORKFLOWS,
      maxConcurrentWorkflowTaskExecutions: AWAITED_WORKFLOW_SLOTS,
      maxTaskQueueActivitiesPerSecond: LIMIT_MAILS_PER_SECOND * AWAITED_SHARE,
    }),
    sender(mailQueue(taskQueue), LIMIT_MAILS_PER_SECOND * (1 - AWAITED_SHARE)),
    sender(smsQueue(taskQueue), LIMIT_SMS_PER_SECOND),
  ]);
}

/** `bundle`: the bundled workflow code; without it, it is bundled now, which takes 2 seconds. */
export async function startWorker(given: {
  config: Config;
  settings: { smtpUrl: string; smsSender: SmsSenderOptions };
  log: Logger;
  bundle?: WorkflowBundleOption;
}): Promise<RunningWorker> {
  const { config, settings, log, bundle } = given;
  const { connectionOptions, namespace } = config.temporal;
  const connection = await NativeConnection.connect(connectionOptions);
  await registerSearchAttributes(connection, namespace);
  let poller: ReturnType<typeof startPoller> | undefined;
  const db = connect({
    url: config.DATABASE_URL,
    secretKeys: config.SECRET_KEYS,
    onOutboxWritten: (rows) => poller?.dispatch(rows),
  });
  const mail = {
    url: settings.smtpUrl,
    from: config.MAIL_FROM,
    clearTextHost: config.SMTP_CLEAR_TEXT_HOST,
  };
  // Separate connections for each mail queue, so that neither delays the other.
  const mailers = { awaited: createMailer(mail), others: createMailer(mail) };
  const smsSender = createSmsSender(settings.smsSender);
  const taskQueue = config.TEMPORAL_TASK_QUEUE;
  const meter = Runtime.instance().metricMeter;
  const activitiesWith = (mailer: Mailer) =>
    createActivities({
      db,
      mailer,
      smsSender,
      config,
      durations: durationsOf(config),
      meter,
    });
  const workers = await createWorkers({
    common: {
      ...COMMON,
      connection,
      namespace,
      interceptors: { activity: [explainFailures(config.FAULT_RETRY_EVERY)] },
    },
    config,
    bundle:
      bundle ?? (await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger: Runtime.instance().logger })),
    activities: { awaited: activitiesWith(mailers.awaited), others: activitiesWith(mailers.others) },
  });
  function stop(): void {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  }

  async function run(): Promise<void> {
    poller = startPoller({ db, engine: new Client({ connection, namespace }), config, log });
    const measuring = config.METRICS_PORT ? startMeasuring({ db, meter, log }) : undefined;
    try {
      // If one worker fails, all stop: a half-working process would hide the failure.
      await Promise.all(workers.map((worker) => worker.run().finally(stop)));
    } finally {
      await Promise.all([poller?.stop(), measuring?.stop()]);
      mailers.awaited.close();
      mailers.others.close();
      await disconnect(db);
      await connection.close();
    }
  }

  const finished = run();
  log.info({ taskQueue, namespace }, 'worker ready');
  return {
    finished,
    async stop() {
      stop();
      await finished;
    },
  };
}
