/** The worker's process. SIGTERM: what runs may finish, nothing new begins. */
import { DefaultLogger, Runtime } from '@temporalio/worker';
import pino from 'pino';
import { configOrExit, exitForMistakes } from '../config.ts';
import { startWorker, workerSettings } from './run.ts';

const config = configOrExit();
const settings = workerSettings(config);
if ('mistakes' in settings) exitForMistakes(settings.mistakes);
const log = pino({ level: config.LOG_LEVEL, base: { part: 'worker' } });

// The runtime stops every worker of this process at SIGTERM and SIGINT.
Runtime.install({
  logger: new DefaultLogger('WARN', ({ level, message, meta }) =>
    log[level === 'ERROR' ? 'error' : 'warn'](
      { reason: String(meta?.error ?? meta?.failure ?? '') },
      message,
    ),
  ),
});

const { finished } = await startWorker({ config, settings, log });
await finished;
