/** A running worker: the workflows, their activities, and the relay of the outbox. */
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

/** Half a megabyte each: measured 0.1 GB for 200. */
const CACHED_WORKFLOWS = 200;
const WORKFLOW_SLOTS = 40;
/** Of workflows that live for seconds. */
const CACHED_AWAITED_WORKFLOWS = 20;
const AWAITED_WORKFLOW_SLOTS = 10;
const ACTIVITY_SLOTS = 50;
/** Mails of each queue, and SMS, under way at once in one worker. */
export const SEND_SLOTS = 20;
/** The part of LIMIT_MAILS_PER_SECOND that is kept for mails that a person waits for at the page. */
const AWAITED_SHARE = 1 / 4;
/** Not fewer than the engine has partitions of a task queue (4 unless set otherwise), so each is asked. */
const POLLS = 5;
/** After a worker died, its workflows are taken over after this and not after the standard 10 s. */
const STICKY_TIMEOUT = '2s';
/** Activities that run when the worker is stopped may finish within this. */
const GRACE = '15s';
const FORCE = '25s';

/** The page of web that takes in delivery receipts. */
const RECEIPTS = '/webhooks/twilio';

export const WORKFLOWS = path.join(import.meta.dirname, '../workflows/workflows.ts');

export type RunningWorker = {
  /** Resolves when the worker has stopped; rejects when it cannot go on. */
  finished: Promise<void>;
  stop(): Promise<void>;
};

/** `mistakes`: settings that only the worker needs and that are missing. */
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
  // Else the SDK lets a heartbeat through only when the engine has nearly given up waiting for it.
  maxHeartbeatThrottleInterval: HEARTBEAT_EVERY_MS,
  shutdownGraceTime: GRACE,
  shutdownForceTime: FORCE,
};

/** One worker for each task queue, all in this process. */
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
  // The engine keeps the rates over all workers.
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

/** `bundle`: the workflows' code when it was bundled before; else it is bundled now, which takes 2 seconds. */
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
    onOutboxWritten: () => poller?.dispatchSoon(),
  });
  const mail = {
    url: settings.smtpUrl,
    from: config.MAIL_FROM,
    clearTextHost: config.SMTP_CLEAR_TEXT_HOST,
  };
  // Connections of its own for each queue of mails: what one sends holds up nothing of the other.
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
      // When one of them cannot go on, none does: a process that is half there would hide it.
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
