/** `npm run config`: every setting, its current value, where it comes from, and what it means. */
import { readConfig, readSecretFiles, SETTINGS } from '../../processes/config.ts';
import { exitForWrongSettings } from '../../processes/starting.ts';

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1_000, 's'],
] as const;

const COUNTED = /^PORT$|_PORT$|_HOUR$|_MONTHS$|^LIMIT_/;

// Required settings, which are shown as missing here instead of failing.
const needed = {
  DATABASE_URL: 'postgres://missing',
  SECRET_KEYS: `k:${Buffer.alloc(32).toString('base64')}`,
};
const files = readSecretFiles(process.env);
if (files.errors.length) exitForWrongSettings(files.errors);
const result = readConfig({ ...needed, ...files.env });
if ('errors' in result) exitForWrongSettings(result.errors);
const { temporal, ...settings } = result.config;

for (const { name, description, secret } of SETTINGS)
  print(name, show(name, settings[name as keyof typeof settings], secret), description);
const { connectionOptions, namespace } = temporal;
print(
  'TEMPORAL_ADDRESS',
  connectionOptions.address ?? '-',
  "Temporal's own environment variables work too: TLS, API key.",
);
print('TEMPORAL_NAMESPACE', namespace);

function print(name: string, value: string, meaning?: string): void {
  const from = process.env[`${name}_FILE`]
    ? 'file'
    : process.env[name]
      ? 'given'
      : value.startsWith('-')
        ? ''
        : 'default';
  console.log(`${name.padEnd(28)} ${value.padEnd(36)} ${from.padEnd(8)} ${meaning ?? ''}`.trimEnd());
}

function show(name: string, value: unknown, secret?: 'all' | 'password'): string {
  if (name in needed && !files.env[name]) return '- (needed)';
  if (value === undefined || value === '') return '-';
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (secret === 'all') return '(secret)';
  if (secret === 'password') return String(value).replace(/(\/\/[^:@/]*:).*@/, '$1(secret)@');
  if (typeof value === 'number' && !COUNTED.test(name)) return duration(value);
  if (Array.isArray(value))
    return value.map((one) => (typeof one === 'number' ? duration(one) : one)).join(',');
  return String(value);
}

/** As written in the environment, in the largest unit that fits. */
function duration(ms: number): string {
  const [size, unit] = UNITS.find(([unitMs]) => ms % unitMs === 0 && ms > 0) ?? [1, 'ms'];
  return `${ms / size}${unit}`;
}
