/** A running worker: the workflows, their activities, and the relay of the outbox. */
import path from 'node:path';
import { Client } from '@temporalio/client';
import { NativeConnection, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities/activities.ts';
import { tellDatabaseAway } from '../activities/databaseAway.ts';
import { HEARTBEAT_EVERY_MS } from '../activities/heartbeat.ts';
import { createMailer } from '../activities/mail/mailer.ts';
import { createTexter, type TexterOptions } from '../activities/sms/texter.ts';
import { connect, disconnect } from '../db/connect.ts';
import { durationsOf } from '../outbox/dispatch.ts';
import { startRelay } from '../outbox/poller.ts';
import { registerSearchAttributes } from '../outbox/registerSearchAttributes.ts';
import { mailQueue, smsQueue } from '../workflows/signals.ts';
import type { Config } from './config.ts';
import { startMeasuring } from './measuring.ts';

/** Half a megabyte each: measured 0.1 GB for 200. */
const CACHED_WORKFLOWS = 200;
const WORKFLOW_SLOTS = 40;
const ACTIVITY_SLOTS = 50;
/** Mails, and SMS, under way at once in one worker. */
const SEND_SLOTS = 20;
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
): { smtpUrl: string; texter: TexterOptions } | { mistakes: string[] } {
  const { SMTP_URL, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM, TWILIO_MESSAGING_SERVICE_SID } =
    config;
  const mistakes = [
    ...(SMTP_URL ? [] : ['SMTP_URL: give the mail server, for example smtps://user:password@host']),
    ...(TWILIO_ACCOUNT_SID && TWILIO_AUTH_TOKEN ? [] : ['TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN: give both']),
    ...(TWILIO_FROM || TWILIO_MESSAGING_SERVICE_SID
      ? []
      : ['TWILIO_FROM or TWILIO_MESSAGING_SERVICE_SID: give one']),
  ];
  if (!SMTP_URL || !TWILIO_ACCOUNT_SID || !TWILIO_AUTH_TOKEN || mistakes.length) return { mistakes };
  const receiptsReachUs = config.PUBLIC_URL.protocol === 'https:' || config.TWILIO_BASE_URL !== undefined;
  return {
    smtpUrl: SMTP_URL,
    texter: {
      accountSid: TWILIO_ACCOUNT_SID,
      authToken: TWILIO_AUTH_TOKEN,
      from: TWILIO_FROM,
      messagingServiceSid: TWILIO_MESSAGING_SERVICE_SID,
      baseUrl: config.TWILIO_BASE_URL,
      statusCallback: receiptsReachUs ? new URL(RECEIPTS, config.PUBLIC_URL).href : undefined,
    },
  };
}

/** `bundle`: the workflows' code when it was bundled before; else it is bundled now, which takes 2 seconds. */
export async function startWorker(given: {
  config: Config;
  settings: { smtpUrl: string; texter: TexterOptions };
  log: Logger;
  bundle?: WorkflowBundleOption;
}): Promise<RunningWorker> {
  const { config, settings, log, bundle } = given;
  const { connectionOptions, namespace } = config.temporal;
  const connection = await NativeConnection.connect(connectionOptions);
  await registerSearchAttributes(connection, namespace);
  const db = connect({ url: config.DATABASE_URL, secretKeys: config.SECRET_KEYS });
  const mailer = createMailer({
    url: settings.smtpUrl,
    from: config.MAIL_FROM,
    clearTextHost: config.SMTP_CLEAR_TEXT_HOST,
  });
  const texter = createTexter(settings.texter);
  const taskQueue = config.TEMPORAL_TASK_QUEUE;
  const meter = Runtime.instance().metricMeter;
  let relay: ReturnType<typeof startRelay> | undefined;
  const common = {
    connection,
    namespace,
    activities: createActivities({
      db,
      mailer,
      texter,
      config,
      durations: durationsOf(config),
      meter,
      dispatchSoon: () => relay?.dispatchSoon(),
    }),
    interceptors: { activity: [tellDatabaseAway] },
    // Else the SDK lets a heartbeat through only when the engine has nearly given up waiting for it.
    maxHeartbeatThrottleInterval: HEARTBEAT_EVERY_MS,
    shutdownGraceTime: GRACE,
    shutdownForceTime: FORCE,
  };
  const sending = {
    ...common,
    maxConcurrentActivityTaskExecutions: SEND_SLOTS,
    maxConcurrentActivityTaskPolls: POLLS,
  };
  const workers = await Promise.all([
    Worker.create({
      ...common,
      taskQueue,
      ...(bundle ? { workflowBundle: bundle } : { workflowsPath: WORKFLOWS }),
      maxCachedWorkflows: CACHED_WORKFLOWS,
      maxConcurrentWorkflowTaskExecutions: WORKFLOW_SLOTS,
      maxConcurrentActivityTaskExecutions: ACTIVITY_SLOTS,
      maxConcurrentWorkflowTaskPolls: POLLS,
      maxConcurrentActivityTaskPolls: POLLS,
      stickyQueueScheduleToStartTimeout: STICKY_TIMEOUT,
    }),
    // The engine keeps these rates over all workers.
    Worker.create({
      ...sending,
      taskQueue: mailQueue(taskQueue),
      maxTaskQueueActivitiesPerSecond: config.LIMIT_MAILS_PER_SECOND,
    }),
    Worker.create({
      ...sending,
      taskQueue: smsQueue(taskQueue),
      maxTaskQueueActivitiesPerSecond: config.LIMIT_SMS_PER_SECOND,
    }),
  ]);
  function stop(): void {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  }

  async function run(): Promise<void> {
    relay = startRelay({ db, engine: new Client({ connection, namespace }), config, log });
    const measuring = config.METRICS_PORT ? startMeasuring({ db, meter, log }) : undefined;
    try {
      // When one of them cannot go on, none does: a process that is half there would hide it.
      await Promise.all(workers.map((worker) => worker.run().finally(stop)));
    } finally {
      await Promise.all([relay?.stop(), measuring?.stop()]);
      mailer.close();
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
