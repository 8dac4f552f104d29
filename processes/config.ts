/**
 * Every setting of Instap, read once at start from the environment and passed on. `npm run config` prints them with
 * their values. All errors are reported together, each with a hint.
 */
import { readFileSync } from 'node:fs';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';
import { isLoopback } from '../domain/loopback.ts';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Parses `20s`, `5m`, `12h` or `3d` to milliseconds. */
export function milliseconds(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text.trim());
  return match ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : undefined;
}

const duration = (standard: string) =>
  z
    .string()
    .default(standard)
    .transform((text, ctx) => {
      const value = milliseconds(text);
      if (!value) ctx.addIssue('write a number above 0 and a unit, for example 20s, 5m, 12h or 3d');
      return value ?? 0;
    });

const durations = (standard: string) =>
  z
    .string()
    .default(standard)
    .transform((text, ctx) => {
      const values = text.split(',').map(milliseconds);
      if (values.some((value, i) => value === undefined || value <= (values[i - 1] ?? 0)))
        ctx.addIssue('write growing durations with commas between, for example 1d,3d,7d');
      return values.map((value) => value ?? 0);
    });

/** A whole number between two bounds; every error has the same hint. */
const whole = (standard: number, least: number, most: number, hint: string) =>
  z.coerce.number(hint).int(hint).min(least, hint).max(most, hint).default(standard);

const limit = (standard: number) => whole(standard, 1, 1_000_000, 'write a whole number from 1');
const hour = (standard: number) => whole(standard, 0, 24, 'write an hour from 0 to 24');
const port = (standard: number) => whole(standard, 0, 65_535, 'write a whole number from 0 to 65535');

/**
 * An address that may contain a user and password. Unescaped, some characters would end them: another host would be
 * contacted, or an error would repeat the whole address.
 */
const address = (schemes: string, example: string) => {
  const form = new RegExp(`^(${schemes})://(([^/?#%]|%[0-9a-f]{2})*@)?[^@]+$`, 'i');
  return z
    .string(`give an address, for example ${example}`)
    .refine(
      (text) => form.test(text) && URL.canParse(text.replace('@/', '@host/')),
      `write an address, for example ${example}; in its password write %25 for %, %2F for /, %3F for ? and %23 for #`,
    );
};

const secretKeys = z
  .string('give at least one key: SECRET_KEYS=k1:$(openssl rand -base64 32)')
  .transform((text, ctx) => {
    const keys = text.split(',').map((part) => {
      const [, id = '', base64 = ''] = /^([a-z0-9]{1,16}):(.+)$/.exec(part.trim()) ?? [];
      const key = Buffer.from(base64, 'base64');
      if (!id || key.length !== 32)
        ctx.addIssue(
          'each key is a short name, a colon and 32 bytes in base64: k1:$(openssl rand -base64 32)',
        );
      return { id, key };
    });
    if (new Set(keys.map(({ id }) => id)).size < keys.length)
      ctx.addIssue('give each key a different name: rows refer to their key by name');
    return keys;
  });

const publicUrl = z
  .string()
  .default('http://localhost:3000')
  .transform((text, ctx) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const loopback = url && isLoopback(url.hostname);
    if (url?.pathname !== '/' || url.search)
      ctx.addIssue(
        'write the address that people open, without a path, for example https://instap.example.org',
      );
    else if (url.protocol !== 'https:' && !loopback)
      ctx.addIssue('only https is allowed, except on localhost');
    return url ?? new URL('http://localhost:3000');
  });

const timeZone = z
  .string()
  .default('Europe/Amsterdam')
  .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC', {
    message: 'write the name of a time zone, for example Europe/Amsterdam',
  });

const LONGEST_DRAIN_MS = 5 * UNITS.m;

const schema = z.object({
  PORT: port(3000).describe('Where web listens.'),
  HOST: z.string().optional().describe('The address to listen on; all addresses if not set.'),
  PUBLIC_URL: publicUrl.describe(
    'The address that people see in the browser and in mails; it decides the Secure flag of cookies.',
  ),
  DATABASE_URL: address('postgres|postgresql', 'postgres://user:password@host/instap').meta({
    description: 'The PostgreSQL database, version 15 or newer; each process can have its own role.',
    secret: 'password',
  }),
  DRAIN_WAIT: z
    .string()
    .default('5s')
    .transform((text, ctx) => {
      const value = text.trim() === '0' ? 0 : milliseconds(text);
      if (value === undefined) ctx.addIssue('write 0, or a number and a unit, for example 5s');
      else if (value > LONGEST_DRAIN_MS) ctx.addIssue('write at most 5m');
      return value ?? 0;
    })
    .describe(
      'How long web keeps answering after SIGTERM, with /readyz at 503, so that proxies stop sending requests.',
    ),
  DATABASE_WAIT: duration('30s').describe(
    'How long `npm run migrate` waits for a database that is starting.',
  ),
  TEMPORAL_TASK_QUEUE: z
    .string()
    .default('instap')
    .describe('The same for web and worker; use another name for another Instap on the same Temporal.'),
  SMTP_URL: address('smtps?', 'smtps://user:password@host')
    .optional()
    .meta({ description: 'The mail server; the worker needs it.', secret: 'password' }),
  SMTP_CLEAR_TEXT_HOST: z
    .string()
    .regex(/^[^/:@\s]+$/, 'write only a host name, for example mailpit')
    .optional()
    .describe(
      'The only mail server that may get mail without TLS, for trying out. All others must offer STARTTLS, except on this machine.',
    ),
  MAIL_FROM: z
    .string()
    .regex(/^[^<>@\s]+@[^<>@\s]+$|^[^<>\r\n]*<[^<>@\s]+@[^<>@\s]+>$/, 'write Name <name@example.org>')
    .default('Instap <no-reply@instap.example>')
    .describe('The address that mails come from; the organisation is shown as its name.'),
  TWILIO_ACCOUNT_SID: z
    .string()
    .startsWith('AC', 'write the account SID, which begins with AC')
    .optional()
    .describe('Twilio sends the SMS; the worker needs it.'),
  TWILIO_AUTH_TOKEN: z
    .string()
    .optional()
    .meta({ description: 'Also used to check the signatures of delivery receipts.', secret: 'all' }),
  TWILIO_FROM: z.string().optional().describe('The number or name that SMS come from, or …'),
  TWILIO_MESSAGING_SERVICE_SID: z.string().optional().describe('… a messaging service of Twilio.'),
  TWILIO_BASE_URL: z
    .url('write an address, for example http://localhost:3002')
    .optional()
    .describe("A stand-in that speaks Twilio's HTTP API."),
  SECRET_KEYS: secretKeys.meta({
    description:
      'The keys that everything personal is sealed with, newest first. If a key is lost, so is the data.',
    secret: 'all',
  }),
  SMS_COUNTRIES: z
    .string()
    .regex(/^[A-Z]{2}(,[A-Z]{2})*$/, 'write two-letter codes with commas between, for example NL,BE,DE')
    .default('NL,BE,DE,FR,LU,GB')
    .transform((text) => text.split(','))
    .describe('Two-letter codes of the countries to whose mobile numbers SMS may be sent.'),
  TIME_ZONE: timeZone.describe('The time zone of reminder hours, and of times in mails and on pages.'),
  DEFAULT_LOCALE: z
    .enum(['nl', 'en'], 'write nl or en')
    .default('nl')
    .describe('The language if neither the sender nor the browser asks for one.'),
  TRUST_PROXY: z
    .enum(['0', '1'], 'write 0 or 1')
    .default('0')
    .transform((text) => text === '1')
    .describe('`1` behind one reverse proxy that sets X-Forwarded-For; the last address in it is used.'),
  MAIL_WEBHOOK_SECRET: z
    .string()
    .regex(
      /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/,
      'write whsec_ and 24 or more bytes in base64: whsec_$(openssl rand -base64 32)',
    )
    .optional()
    .meta({
      description:
        'The secret that the mail provider signs its reports with (Standard Webhooks). Without it `/webhooks/mail` answers 404.',
      secret: 'all',
    }),
  TEMPORAL_UI_URL: z
    .url('write an address, for example https://temporal.example.org')
    .optional()
    .describe(
      'The address of the Temporal UI; `npm run instap -- filters`, `find` and `watch` print links to it.',
    ),
  WORKFLOW_BUNDLE: z
    .string()
    .optional()
    .describe(
      'The workflow code, bundled by `node processes/bundle.ts FILE`; if not set, the worker bundles it when it starts.',
    ),
  METRICS_PORT: port(0).describe(
    'The port of Prometheus metrics, for web and worker each, so on one machine each needs its own; 0: none.',
  ),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'], 'write debug, info, warn, error or silent')
    .default('info')
    .describe('How much web and worker log. Nothing personal is logged at any level.'),
  HELP_CONTACT: z
    .string()
    .default('')
    .describe('Where people can get help; shown on every page and in every mail.'),
  SECURITY_CONTACT: z
    .string()
    .regex(
      /^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+|tel:\+[\d-]+)$/,
      'write mailto:security@example.org, or an https address',
    )
    .optional()
    .describe(
      'Where to report vulnerabilities; shown in `/.well-known/security.txt`, which answers 404 without it.',
    ),
  TERMS_FOLDER: z
    .string()
    .default('terms')
    .describe('The folder with the terms of use: `<version>.<locale>.md`, where the version is a date.'),

  REMIND_AFTER: durations('1d,3d,7d').describe('How long after the last progress each reminder is sent.'),
  DAY_LASTS: duration('24h').describe(
    'How long a day lasts in the ready-made filters; `npm start -- --day=20s` shortens it along with the reminders.',
  ),
  EXPIRE_AFTER: duration('14d').describe(
    'How long an invitation works after the last progress or the last request for one.',
  ),
  REMIND_FROM_HOUR: hour(8).describe(
    'Reminders are sent between these hours of TIME_ZONE. 0 and 24: at any hour.',
  ),
  REMIND_UNTIL_HOUR: hour(20).describe('See REMIND_FROM_HOUR.'),
  KEEP_AFTER: duration('90d').describe(
    'How long a person who did not finish is kept after the onboarding expired or was cancelled, with the message; then erased.',
  ),
  KEEP_AUDIT_MONTHS: whole(24, 12, 1_200, 'write a whole number of months, at least 12').describe(
    'How many whole months audit entries are kept; the database refuses to drop entries from the last 12.',
  ),
  INVITE_EVERY: duration('5m').describe('At most one invitation to a person in this time.'),
  NOTICE_EVERY: duration('15m').describe(
    'At most one mail about new messages to a person in this time, for each organisation; it covers all of them.',
  ),
  SMS_CODE_TTL: duration('5m').describe(
    'How long a code works after the SMS was handed over to the provider.',
  ),
  SMS_RESEND_AFTER: durations('30s,60s,120s').describe(
    'How long to wait before the second code, the third, …; the last value applies to all others.',
  ),
  SESSION_IDLE: duration('30m').describe('How long a session lasts after the last page.'),
  SESSION_ABSOLUTE: duration('12h').describe('How long a session lasts in all.'),
  TELL_WHEN_LATER_THAN: duration('10s').describe(
    'If the account takes longer than this to open after the last step, the page promises a mail and the person gets one.',
  ),
  RELAY_EVERY: duration('1s').describe(
    'How often the worker looks for signals that web could not deliver, and for requests for a new password.',
  ),
  RECONCILE_EVERY: duration('10m').describe(
    'How often a worker checks that everything that should be running is running.',
  ),
  MAIL_DELAYED_AFTER: duration('15m').describe(
    'A mail that the mail server does not accept is shown as delayed after this …',
  ),
  MAIL_RETRY_FOR: duration('5d').describe(
    '… and retried for this much longer (RFC 5321, 4.5.4.1: at least 4 to 5 days).',
  ),

  FAULT_RETRY_EVERY: duration('5m').describe(
    'How often an activity is retried that cannot succeed until somebody fixes the database or the code.',
  ),

  LIMIT_CODE_TRIES: limit(5).describe('Attempts to enter the code of one SMS.'),
  LIMIT_MAILS_PER_SECOND: limit(20).describe(
    'Mails a second, all workers together; a quarter is reserved for mails that somebody is waiting for.',
  ),
  LIMIT_SMS_PER_SECOND: limit(10).describe('SMS a second, all workers together.'),
  LIMIT_SMS_PER_DAY: limit(10).describe('SMS codes for one person in 24 hours.'),
  LIMIT_PASSWORD_TRIES: limit(10).describe(
    'Password attempts for one account from one network in 15 minutes.',
  ),
  LIMIT_SIGN_INS_PER_ACCOUNT: limit(100).describe(
    'Password attempts for one account in 15 minutes, from all networks from which it was never entered correctly.',
  ),
  LIMIT_RESETS_PER_DAY: limit(5).describe(
    'Mails for a new password to one person in 24 hours; using one resets the count.',
  ),
  LIMIT_TOKEN_TRIES: limit(10).describe(
    'Attempts to enter an authenticator token in one session in 15 minutes.',
  ),
  LIMIT_WRONG_FACTORS_PER_SESSION: limit(20).describe(
    'Wrong codes and tokens in a row, after the right password, that end the session; the owner gets a mail.',
  ),
  LIMIT_WRONG_FACTORS_PER_ACCOUNT: limit(50).describe(
    'Wrong codes and tokens in a row that close sign-in to an account until it is reset by mail and second factor; as many again close the reset.',
  ),
  LIMIT_WRONG_FACTORS_PER_NETWORK: limit(100).describe(
    'Wrong codes and tokens from one network address in 15 minutes.',
  ),
  LIMIT_HELP_PER_DAY: limit(10).describe('Uses of "I can\'t do this" in one onboarding in 24 hours.'),
  LIMIT_SIGN_INS_PER_NETWORK: limit(100).describe(
    'Wrong passwords at sign-in from one network address in 15 minutes.',
  ),
  LIMIT_FORGOTTEN_PER_NETWORK: limit(20).describe(
    'Uses of "Forgotten password" from one network address in 15 minutes.',
  ),
  LIMIT_UNKNOWN_LINKS_PER_NETWORK: limit(100).describe(
    'Unknown links opened from one network address in 15 minutes.',
  ),
  LIMIT_LINK_USES: limit(30).describe('Uses of one link from one network address in 15 minutes.'),
  LIMIT_API_CALLS_PER_MINUTE: limit(600).describe('API calls by one client in a minute.'),
  LIMIT_CODES_AT_ONCE: limit(3).describe(
    'Sessions of one person that may wait for an SMS code at once; the oldest ones stay.',
  ),
  LIMIT_SMS_PER_NUMBER: limit(5).describe(
    'SMS in 24 hours to set up one number, for all people together. Codes to its verified owner count only towards LIMIT_SMS_PER_DAY.',
  ),
  LIMIT_SMS_PER_CLIENT: limit(5_000).describe(
    'SMS in 24 hours to set up numbers of people invited by one organisation.',
  ),
  LIMIT_SMS_PER_PREFIX: limit(300).describe(
    'SMS in 24 hours to numbers that differ only in the last three digits: SMS pumping uses such ranges.',
  ),
  LIMIT_SMS_PER_COUNTRY: limit(20_000).describe('SMS to one country in 24 hours.'),
  LIMIT_SMS_PER_NETWORK: limit(500).describe('SMS requested from one network address in 24 hours.'),
  LIMIT_AT_ONCE_PER_LINK: limit(2).describe(
    'Requests with one link that one web process handles at once; more wait up to 5 s. Each may hold one of 10 connections.',
  ),
  LIMIT_AT_ONCE_PER_SESSION: limit(4).describe('The same for one session …'),
  LIMIT_AT_ONCE_PER_NETWORK: limit(6).describe(
    '… and for one network address, which many people may share: 300 of them may wait.',
  ),
  LIMIT_HASHES_AT_ONCE: limit(2).describe(
    'argon2 hashes computed at once in one web process; each takes 19 MiB.',
  ),
  LIMIT_HASHES_WAITING: limit(40).describe('argon2 hashes that may wait; more are answered 503.'),
});

/** `secret`: the whole value, or only the password in an address. */
type Setting = { name: string; description?: string; secret?: 'all' | 'password' };

/** Instap's own environment variables; Temporal's start with TEMPORAL_. */
export const SETTINGS: Setting[] = Object.entries(schema.shape).map(([name, setting]) => ({
  name,
  ...setting.meta(),
}));

type Temporal = ReturnType<typeof loadClientConnectConfig> & { namespace: string };

export type Config = z.infer<typeof schema> & {
  /** From Temporal's own environment variables (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TLS, API key). */
  temporal: Temporal;
};

/** Settings that can come from a file, as container secrets do: `NAME_FILE` is its path. */
export const IN_FILES = [
  ...SETTINGS.filter(({ secret }) => secret).map(({ name }) => name),
  'TEMPORAL_API_KEY',
];

/** `env` with the contents of those files filled in; `errors` contain hints, and nothing of the contents. */
export function readSecretFiles(env: NodeJS.ProcessEnv): { env: NodeJS.ProcessEnv; errors: string[] } {
  const read = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const errors: string[] = [];
  for (const name of IN_FILES) {
    const file = read[`${name}_FILE`];
    if (file === undefined) continue;
    delete read[`${name}_FILE`];
    if (read[name] !== undefined) errors.push(`${name}, ${name}_FILE: give only one of them`);
    else read[name] = contentOf(file, (code) => errors.push(unreadable(name, file, code)));
  }
  return { env: read, errors };
}

const unreadable = (name: string, file: string, code: string) =>
  `${name}_FILE: ${file} cannot be read, or is empty (${code}): name a file that this process can read`;

/** Without the line end that editors and `echo` add. */
function contentOf(file: string, failed: (code: string) => void): string | undefined {
  try {
    const content = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    if (content) return content;
    failed('empty');
  } catch (error) {
    failed((error as NodeJS.ErrnoException).code ?? 'unknown');
  }
  return undefined;
}

/** The settings in `env`, or all errors, one line with a hint each. */
export function readConfig(env: NodeJS.ProcessEnv): { config: Config } | { errors: string[] } {
  const files = readSecretFiles(env);
  const parsed = schema.safeParse(files.env);
  const temporal = readTemporal(files.env as Record<string, string>);
  // A setting missing because its file failed is not reported twice.
  const inFiles = (name: unknown) => files.errors.some((error) => error.startsWith(String(name)));
  const errors = [
    ...files.errors,
    ...(parsed.success
      ? contradictions(parsed.data)
      : parsed.error.issues
          .filter(({ path }) => !inFiles(path[0]))
          .map((issue) => `${issue.path.join('.')}: ${issue.message}`)),
    ...('error' in temporal ? [temporal.error] : []),
  ];
  if (!parsed.success || 'error' in temporal || errors.length) return { errors };
  return { config: { ...parsed.data, temporal: temporal.read } };
}

/** Settings that are valid one by one but not together. */
function contradictions(settings: z.infer<typeof schema>): string[] {
  const { REMIND_FROM_HOUR, REMIND_UNTIL_HOUR } = settings;
  return [
    ...(REMIND_FROM_HOUR < REMIND_UNTIL_HOUR
      ? []
      : ['REMIND_FROM_HOUR: write an hour before REMIND_UNTIL_HOUR, for example 8 and 20']),
    ...mailContradictions(settings),
  ];
}

/** TLS to the mail server has one setting; the mail library would also accept options in the query of the address. */
function mailContradictions({ SMTP_URL, SMTP_CLEAR_TEXT_HOST }: z.infer<typeof schema>): string[] {
  if (!SMTP_URL) return [];
  const { protocol, hostname, searchParams } = new URL(SMTP_URL);
  const aboutTls = [...searchParams.keys()].filter((name) => /tls|secure/i.test(name));
  return [
    ...(aboutTls.length
      ? [`SMTP_URL: remove ${aboutTls.join(', ')}: only SMTP_CLEAR_TEXT_HOST can allow a server without TLS`]
      : []),
    ...(protocol === 'smtps:' && hostname === SMTP_CLEAR_TEXT_HOST
      ? ['SMTP_CLEAR_TEXT_HOST: remove it, or write smtp:// in SMTP_URL: smtps:// always uses TLS']
      : []),
  ];
}

function readTemporal(env: Record<string, string>): { read: Temporal } | { error: string } {
  try {
    const read = loadClientConnectConfig({ overrideEnvVars: env });
    if (!/^(\[.+\]|[^:/\s]+)(:\d+)?$/.test(read.connectionOptions.address ?? 'localhost'))
      return { error: 'TEMPORAL_ADDRESS: write host:port, for example localhost:7233' };
    return { read: { ...read, namespace: read.namespace ?? 'default' } };
  } catch (error) {
    return { error: `TEMPORAL_…: ${error instanceof Error ? error.message : String(error)}` };
  }
}
