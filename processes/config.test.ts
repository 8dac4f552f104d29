/** Settings: read once, all errors reported together, each with a hint. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { IN_FILES, milliseconds, readConfig } from './config.ts';

const KEY = 'A'.repeat(43) + '=';
const ENOUGH = { DATABASE_URL: 'postgres://localhost/instap', SECRET_KEYS: `k1:${KEY}` };

function config(env: Record<string, string> = {}) {
  const read = readConfig({ ...ENOUGH, ...env });
  if ('errors' in read) throw new Error(read.errors.join('\n'));
  return read.config;
}

function errorsIn(env: Record<string, string | undefined>): string[] {
  const read = readConfig({ ...ENOUGH, ...env });
  return 'errors' in read ? read.errors : [];
}

describe('a duration', () => {
  it.each([
    ['250ms', 250],
    ['20s', 20_000],
    ['5m', 300_000],
    ['12h', 43_200_000],
    ['3d', 259_200_000],
    ['1.5h', 5_400_000],
    [' 5m ', 300_000],
  ])('%s', (text, value) => {
    expect(milliseconds(text)).toBe(value);
  });

  it.each(['', '5', 'm', '5 m', '-5m', '5w', '5m5s', '1e3s', 'five minutes'])('"%s" is none', (text) => {
    expect(milliseconds(text)).toBeUndefined();
  });
});

describe('the standard settings', () => {
  it('are those that the screens promise', () => {
    const {
      PORT,
      REMIND_AFTER,
      EXPIRE_AFTER,
      INVITE_EVERY,
      SMS_CODE_TTL,
      SESSION_IDLE,
      SESSION_ABSOLUTE,
      LIMIT_CODE_TRIES,
      REMIND_FROM_HOUR,
      REMIND_UNTIL_HOUR,
      TIME_ZONE,
      DEFAULT_LOCALE,
      TRUST_PROXY,
    } = config();
    const days = (count: number) => count * 86_400_000;
    expect({ PORT, LIMIT_CODE_TRIES, TIME_ZONE, DEFAULT_LOCALE, TRUST_PROXY }).toEqual({
      PORT: 3000,
      LIMIT_CODE_TRIES: 5,
      TIME_ZONE: 'Europe/Amsterdam',
      DEFAULT_LOCALE: 'nl',
      TRUST_PROXY: false,
    });
    expect(REMIND_AFTER).toEqual([days(1), days(3), days(7)]);
    expect(EXPIRE_AFTER).toBe(days(14));
    expect([INVITE_EVERY, SMS_CODE_TTL]).toEqual([300_000, 300_000]);
    expect([SESSION_IDLE, SESSION_ABSOLUTE]).toEqual([1_800_000, 43_200_000]);
    expect([REMIND_FROM_HOUR, REMIND_UNTIL_HOUR]).toEqual([8, 20]);
  });

  it('also hold for a setting that is there and empty', () => {
    expect(config({ PORT: '', EXPIRE_AFTER: '', TIME_ZONE: '' }).PORT).toBe(3000);
  });
});

describe('errors', () => {
  it('are all told together, each by the name of its setting', () => {
    const told = errorsIn({
      DATABASE_URL: undefined,
      SECRET_KEYS: undefined,
      PORT: 'eighty',
      PUBLIC_URL: 'http://instap.example.org',
      TIME_ZONE: 'Amsterdam',
      DEFAULT_LOCALE: 'fr',
      EXPIRE_AFTER: '14',
      REMIND_AFTER: '3d,1d',
      SMS_COUNTRIES: 'nl',
      TRUST_PROXY: 'yes',
      LIMIT_CODE_TRIES: '0',
    });
    expect(told.map((line) => line.split(':')[0]).sort()).toEqual([
      'DATABASE_URL',
      'DEFAULT_LOCALE',
      'EXPIRE_AFTER',
      'LIMIT_CODE_TRIES',
      'PORT',
      'PUBLIC_URL',
      'REMIND_AFTER',
      'SECRET_KEYS',
      'SMS_COUNTRIES',
      'TIME_ZONE',
      'TRUST_PROXY',
    ]);
  });

  it.each([
    [{ DATABASE_URL: undefined }, 'for example postgres://'],
    [{ TWILIO_ACCOUNT_SID: 'SK0' }, 'begins with AC'],
    [{ SECRET_KEYS: undefined }, 'openssl rand -base64 32'],
    [{ EXPIRE_AFTER: '14' }, 'for example 20s, 5m, 12h or 3d'],
    [{ REMIND_AFTER: '1d,,3d' }, 'for example 1d,3d,7d'],
    [{ REMIND_AFTER: '1d,1d' }, 'growing'],
    [{ PUBLIC_URL: 'instap.example.org' }, 'https://instap.example.org'],
    [{ PUBLIC_URL: 'https://example.org/instap' }, 'without a path'],
    [{ TIME_ZONE: 'Amsterdam' }, 'Europe/Amsterdam'],
    [{ SMS_COUNTRIES: 'NL;BE' }, 'NL,BE,DE'],
    [{ DEFAULT_LOCALE: 'fr' }, 'nl or en'],
    [{ PORT: 'eighty' }, 'a whole number from 0 to 65535'],
    [{ PORT: '70000' }, 'a whole number from 0 to 65535'],
    [{ LIMIT_CODE_TRIES: '0' }, 'a whole number from 1'],
    [{ LIMIT_CODE_TRIES: 'many' }, 'a whole number from 1'],
    [{ REMIND_FROM_HOUR: '25' }, 'an hour from 0 to 24'],
    [{ KEEP_AUDIT_MONTHS: '11' }, 'at least 12'],
    [{ TEMPORAL_ADDRESS: 'http://temporal:7233' }, 'write host:port'],
    [{ SMTP_URL: 'smtp://mail.example?ignoreTLS=true' }, 'remove ignoreTLS'],
    [{ SMTP_URL: 'smtps://mail.example?tls.rejectUnauthorized=false' }, 'remove tls.rejectUnauthorized'],
    [{ SMTP_URL: 'smtps://mailpit', SMTP_CLEAR_TEXT_HOST: 'mailpit' }, 'write smtp:// in SMTP_URL'],
    [{ SMTP_CLEAR_TEXT_HOST: 'smtp://mailpit' }, 'only a host name'],
    [{ LOG_LEVEL: 'loud' }, 'debug, info, warn, error or silent'],
  ])('%o: says how to fix it', (env, hint) => {
    const told = errorsIn(env);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(hint);
  });

  it('reminders that may leave at no hour are one', () => {
    expect(errorsIn({ REMIND_FROM_HOUR: '20', REMIND_UNTIL_HOUR: '8' })[0]).toContain('REMIND_FROM_HOUR');
    expect(errorsIn({ REMIND_FROM_HOUR: '8', REMIND_UNTIL_HOUR: '8' })[0]).toContain('REMIND_FROM_HOUR');
    expect(errorsIn({ REMIND_FROM_HOUR: '0', REMIND_UNTIL_HOUR: '24' })).toEqual([]);
  });
});

describe('a password in an address', () => {
  it.each(['/', '?', '#', '%'])('with "%s" unescaped is an error that does not repeat it', (sign) => {
    const password = `geh${sign}eim`;
    for (const [name, scheme] of [
      ['DATABASE_URL', 'postgres'],
      ['SMTP_URL', 'smtps'],
    ] as const) {
      const told = errorsIn({ [name]: `${scheme}://user:${password}@host/instap` });
      expect(told).toEqual([expect.stringMatching(`^${name}: .*write %25 for %`)]);
      expect(told[0]).not.toContain(password);
      const escaped = encodeURIComponent(password);
      expect(errorsIn({ [name]: `${scheme}://user:${escaped}@host/instap` })).toEqual([]);
    }
  });

  it('is not needed, and neither is a host for a database on this machine', () => {
    for (const url of [
      'postgres://host/instap',
      'postgresql:///instap',
      'postgres://me@/instap?host=/run/pg',
    ])
      expect(errorsIn({ DATABASE_URL: url }), url).toEqual([]);
    for (const url of ['instap', 'mysql://host/instap', 'postgres://', 'postgres://host:port/instap'])
      expect(errorsIn({ DATABASE_URL: url }), url).toHaveLength(1);
  });
});

describe('PUBLIC_URL', () => {
  it('may be http on this machine only', () => {
    for (const url of [
      'http://localhost:3000',
      'http://127.0.0.1:3000',
      'http://[::1]:3000',
      'https://in.nl',
    ])
      expect(errorsIn({ PUBLIC_URL: url }), url).toEqual([]);
    for (const url of ['http://in.nl', 'http://localhost.in.nl', 'http://127.0.0.1.in.nl', 'ftp://in.nl'])
      expect(errorsIn({ PUBLIC_URL: url })[0], url).toContain('only https is allowed, except on localhost');
  });
});

describe('SECRET_KEYS', () => {
  it('are read newest first', () => {
    const { SECRET_KEYS } = config({ SECRET_KEYS: `k2:${KEY}, k1:${'B'.repeat(43)}=` });
    expect(SECRET_KEYS.map(({ id }) => id)).toEqual(['k2', 'k1']);
    expect(SECRET_KEYS.every(({ key }) => key.length === 32)).toBe(true);
  });

  it.each([
    ['no name', KEY],
    ['too short a key', 'k1:c2hvcnQ='],
    ['too long a key', `k1:${'A'.repeat(44)}`],
    ['a name in capitals', `K1:${KEY}`],
    ['an empty one behind a comma', `k1:${KEY},`],
    ['one wrong among right ones', `k2:${KEY},k1:short`],
    ['the same name twice: nobody knows which one opens the old rows', `k1:${KEY},k1:${'B'.repeat(43)}=`],
  ])('%s: refused', (_what, text) => {
    expect(errorsIn({ SECRET_KEYS: text })).toHaveLength(1);
  });

  it('are never repeated in an error', () => {
    const secret = 'c2VjcmV0IGtleSB0aGF0IGlzIHRvbyBzaG9ydA';
    expect(errorsIn({ SECRET_KEYS: `k1:${secret}`, PORT: 'x' }).join('\n')).not.toContain(secret);
  });
});

it('what Temporal’s own settings get wrong is reported with the other errors', () => {
  const told = errorsIn({ TEMPORAL_PROFILE: 'nowhere', PORT: 'x' });
  expect(told).toHaveLength(2);
  expect(told[1]).toMatch(/^TEMPORAL_.*nowhere/);
});

describe('a secret in a file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'instap-secrets-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, content: string) => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const SECRET = 'postgres://instap:not-to-be-told@db/instap';

  it('is read, without the end of its line', () => {
    const read = readConfig({
      SECRET_KEYS_FILE: file('keys', `k1:${KEY}\n`),
      DATABASE_URL_FILE: file('url', `${SECRET}\r\n`),
      SMTP_URL_FILE: file('smtp', 'smtp://mail'),
    });
    expect(read).toMatchObject({
      config: { DATABASE_URL: SECRET, SMTP_URL: 'smtp://mail', SECRET_KEYS: [{ id: 'k1' }] },
    });
  });

  it.each(IN_FILES)('%s may be one', (name) => {
    expect(errorsIn({ [name]: undefined, [`${name}_FILE`]: '/no/such/file' })).toEqual([
      `${name}_FILE: /no/such/file cannot be read, or is empty (ENOENT): name a file that this process can read`,
    ]);
  });

  it('is not given twice, and is not empty; nothing of it is told', () => {
    const twice = errorsIn({ DATABASE_URL_FILE: file('url', SECRET) });
    expect(twice).toEqual(['DATABASE_URL, DATABASE_URL_FILE: give only one of them']);
    expect(errorsIn({ TWILIO_AUTH_TOKEN_FILE: file('empty', '\n') })).toEqual([
      expect.stringMatching(/^TWILIO_AUTH_TOKEN_FILE: .* is empty/),
    ]);
  });
});

describe('the wait before web closes', () => {
  it.each([
    ['0', 0],
    ['7s', 7_000],
  ])('%s', (text, value) => {
    expect(config({ DRAIN_WAIT: text }).DRAIN_WAIT).toBe(value);
  });

  it.each(['-1', '5', '1h'])('"%s" is refused with a hint', (text) => {
    expect(errorsIn({ DRAIN_WAIT: text })).toEqual([expect.stringMatching(/^DRAIN_WAIT: write /)]);
  });
});
