/** One more worker in this process, on the queues of a test environment whose own worker was started before. */
import pino from 'pino';
import { inject } from 'vitest';
import { type RunningWorker, startWorker, workerSettings } from '../../processes/startWorker.ts';
import { asRole } from '../../tools/local/postgresRoles.ts';
import type { TestEnvironment } from './testEnvironment.ts';

/** `code`: of the workflows, when not the right one. */
export function secondWorker({ config }: TestEnvironment, code?: string): Promise<RunningWorker> {
  const settings = workerSettings(config);
  if ('errors' in settings) throw new Error(settings.errors.join('\n'));
  const bundle = code === undefined ? { codePath: inject('bundlePath') } : { code };
  const own = { ...config, DATABASE_URL: asRole(config.DATABASE_URL, 'worker') };
  return startWorker({ config: own, settings, log: pino({ level: 'silent' }), bundle });
}
