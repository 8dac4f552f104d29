/** The settings that `npm start` passes to web and worker, as environment variables. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { type Config, milliseconds, readConfig, SETTINGS } from '../../processes/config.ts';
import { keepSecret, kept } from './folder.ts';

const DAY_MS = 86_400_000;
/** With a day of seconds, 5 minutes would become milliseconds: too short to read a mail. */
const SHORTEST_INVITE_EVERY_MS = 5_000;

export type Env = Record<string, string>;

/** The parsed arguments, or what is wrong with them. */
export function readArguments(args: string[]): { day?: string } | { error: string } {
  const unknown = args.find((arg) => !arg.startsWith('--day='));
  if (unknown) return { error: `unknown: ${unknown}. There is only --day=20s: a day then lasts 20 seconds.` };
  const day = args.at(-1)?.slice('--day='.length);
  if (day !== undefined && !((milliseconds(day) ?? 0) >= 1_000))
    return { error: '--day: write a number and a unit, at least one second: --day=20s' };
  return { day };
}

/** The parts provided from outside, which are not started here. */
export function givenParts(env: NodeJS.ProcessEnv) {
  return {
    database: Boolean(env.DATABASE_URL),
    temporal: Boolean(env.TEMPORAL_ADDRESS),
    mail: Boolean(env.SMTP_URL),
    sms: Boolean(env.TWILIO_ACCOUNT_SID),
  };
}

/** The keys that seal personal data: created once, and without them the data is lost. */
export function secretKeys(): string {
  const file = kept('secret-keys');
  if (!existsSync(file)) keepSecret(file, `k1:${randomBytes(32).toString('base64')}\n`);
  return readFileSync(file, 'utf8').trim();
}

/** Reminders and expiry scaled to days that last `day`, without quiet hours. */
export function paceOf(day: string, config: Config): Env {
  const scale = milliseconds(day)! / DAY_MS;
  const scaled = (duration: number) => `${Math.max(1, Math.round(duration * scale))}ms`;
  return {
    REMIND_AFTER: config.REMIND_AFTER.map(scaled).join(','),
    DAY_LASTS: day,
    EXPIRE_AFTER: scaled(config.EXPIRE_AFTER),
    INVITE_EVERY: `${Math.max(SHORTEST_INVITE_EVERY_MS, config.INVITE_EVERY * scale)}ms`,
    NOTICE_EVERY: scaled(config.NOTICE_EVERY),
    REMIND_FROM_HOUR: '0',
    REMIND_UNTIL_HOUR: '24',
  };
}

/** All errors in the settings, before anything is started; addresses not known yet are left out. */
export function checkSettings(env: NodeJS.ProcessEnv): ReturnType<typeof readConfig> {
  return readConfig({ DATABASE_URL: 'postgres://later', SECRET_KEYS: secretKeys(), ...env });
}

/** The settings that were given in the environment. */
export function givenSettings(env: NodeJS.ProcessEnv): Env {
  const isSetting = (name: string) =>
    SETTINGS.some((setting) => setting.name === name) || name.startsWith('TEMPORAL_');
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => value && isSetting(name))) as Env;
}

/** All settings for other commands beside the running one, in the format of `node --env-file`. */
export function keepEnv(env: Env): void {
  const lines = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}\n`);
  keepSecret(kept('env'), lines.join(''));
}

/** That format has no escapes, so choose a quote that the value does not contain. */
function quoted(value: string): string {
  const quote = ["'", '"', '`'].find((one) => !value.includes(one)) ?? '';
  return `${quote}${value}${quote}`;
}
