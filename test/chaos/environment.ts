/** The settings of a run's web and worker processes. */
import { randomBytes } from 'node:crypto';
import { compileCache } from '../kit/compileCache.ts';
import type { Choices } from './choices.ts';

export const TASK_QUEUE = 'faults';

/** Each start of our processes gets one of these clock errors, in milliseconds. */
const SKEWS_MS = [0, 90_000, -90_000, 300_000, -300_000];

/** Many people of a run share one network, and retry much more often than real people. */
const NO_LIMITS = Object.fromEntries(
  [
    'PASSWORD_TRIES',
    'TOKEN_TRIES',
    'SIGN_INS_PER_NETWORK',
    'FORGOTTEN_PER_NETWORK',
    'UNKNOWN_LINKS_PER_NETWORK',
    'WRONG_FACTORS_PER_NETWORK',
    'API_CALLS_PER_MINUTE',
    'SMS_PER_DAY',
    'SMS_PER_NUMBER',
    'SMS_PER_PREFIX',
    'SMS_PER_COUNTRY',
    'SMS_PER_NETWORK',
    'CODE_TRIES',
  ].map((name) => [`LIMIT_${name}`, '100000']),
);

export type Environment = Record<string, string> & {
  DATABASE_URL: string;
  TEMPORAL_ADDRESS: string;
  SECRET_KEYS: string;
};

/** What all processes share; each has its own way to reach the others. */
export function environmentOf(given: {
  publicUrl: string;
  databaseUrl: string;
  temporalAddress: string;
  bundlePath: string;
  remindAfter: string;
  phone: { accountSid: string; authToken: string };
}): Environment {
  const { phone } = given;
  return {
    PATH: process.env.PATH ?? '',
    ...compileCache(),
    PUBLIC_URL: given.publicUrl,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'debug',
    DATABASE_URL: given.databaseUrl,
    TEMPORAL_ADDRESS: given.temporalAddress,
    TEMPORAL_TASK_QUEUE: TASK_QUEUE,
    SECRET_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    WORKFLOW_BUNDLE: given.bundlePath,
    TWILIO_ACCOUNT_SID: phone.accountSid,
    TWILIO_AUTH_TOKEN: phone.authToken,
    TWILIO_FROM: '+15005550006',
    REMIND_AFTER: given.remindAfter,
    REMIND_FROM_HOUR: '0',
    REMIND_UNTIL_HOUR: '24',
    INVITE_EVERY: '3s',
    NOTICE_EVERY: '3s',
    DRAIN_WAIT: '0',
    SMS_RESEND_AFTER: '2s,3s',
    ...NO_LIMITS,
  };
}

/** The same settings with a wrong clock: another one at each start, because `env` is read each time. */
export const withWrongClock = (env: Record<string, string>, choices: Choices): NodeJS.ProcessEnv =>
  Object.defineProperty({ ...env }, 'SKEW_MS', {
    enumerable: true,
    get: () => String(choices.oneOf(SKEWS_MS)),
  });
