/** The worker process. At SIGTERM running work may finish, and nothing new starts. */
import { isIPv6 } from 'node:net';
import { Runtime } from '@temporalio/worker';
import pino from 'pino';
import { checkKeysAtStart } from './checkKeys.ts';
import { sdkLogger } from './sdkLogger.ts';
import { configOrExit, exitForWrongSettings, startOrExit } from './starting.ts';
import { startWorker, workerSettings } from './startWorker.ts';
import { waitForEngine } from './waitForEngine.ts';

const config = configOrExit();
const settings = workerSettings(config);
if ('errors' in settings) exitForWrongSettings(settings.errors);
const log = pino({ level: config.LOG_LEVEL, base: { part: 'worker' } });

const { HOST: host = '0.0.0.0', METRICS_PORT: port } = config;
const prometheus = {
  bindAddress: `${isIPv6(host) ? `[${host}]` : host}:${port}`,
  countersTotalSuffix: true,
  unitSuffix: true,
  useSecondsForDurations: true,
};

/** The runtime stops every worker of this process at SIGTERM and SIGINT. */
const installRuntime = () =>
  Runtime.install({
    telemetryOptions: {
      // Into our log. While Temporal is away every poll would log a warning; the poller says it once.
      logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} },
      ...(port ? { metrics: { prometheus } } : {}),
    },
    logger: sdkLogger(log),
  });

const bundle = config.WORKFLOW_BUNDLE ? { codePath: config.WORKFLOW_BUNDLE } : undefined;
// While waiting for Temporal nothing needs to finish, and the runtime would swallow the signal.
const leave = () => process.exit();
process.once('SIGTERM', leave).once('SIGINT', leave);
const { finished } = await startOrExit(config, async () => {
  await checkKeysAtStart(config, log);
  installRuntime();
  await waitForEngine(config.temporal, log);
  process.off('SIGTERM', leave).off('SIGINT', leave);
  return startWorker({ config, settings, log, bundle });
});
await finished;
// Otherwise a hanging mail server would keep the process alive.
process.exit();
