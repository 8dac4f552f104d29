/** The worker's process. SIGTERM: what runs may finish, nothing new begins. */
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
      // Into the one log. While the engine is away every poll would be a warning; the relay says it once.
      logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} },
      ...(port ? { metrics: { prometheus } } : {}),
    },
    logger: sdkLogger(log),
  });

const bundle = config.WORKFLOW_BUNDLE ? { codePath: config.WORKFLOW_BUNDLE } : undefined;
// While it waits for the engine nothing runs that could finish, and the runtime would keep the signal to itself.
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
// A mail server that hangs would hold the process.
process.exit();
