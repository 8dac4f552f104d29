/** docker-compose.yml: can be read, lets every setting through, and gives only settings that there are. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { SETTINGS } from '../../config.ts';

const text = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const compose = parse(text('docker-compose.yml'), { merge: true });
const known = [...SETTINGS.map(({ name }) => name), 'TEMPORAL_ADDRESS'];

it.each(['migrate', 'web', 'worker'])('%s gets whatever stands in .env, when there is one', (name) => {
  const { env_file, environment } = compose.services[name];
  expect(env_file).toEqual([{ path: '.env', required: false }]);
  // Given here, it would be the same whatever .env says.
  const ownOfCompose = [
    'DATABASE_URL',
    'PGPASSWORD',
    'TEMPORAL_ADDRESS',
    'SMTP_URL',
    'SMTP_CLEAR_TEXT_HOST',
    'HOST',
    'PORT',
  ];
  expect(Object.keys(environment)).toEqual(ownOfCompose);
  expect(environment.SMTP_URL).toMatch(/^\$\{SMTP_URL:-smtp:/);
  expect(environment.DATABASE_URL).not.toContain('$');
});

it('.env.example names what docker-compose.yml asks for, and besides it only settings that there are', () => {
  const asked = [...text('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name!);
  const example = [...text('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name!);
  expect(asked.filter((name) => !example.includes(name))).toEqual([]);
  expect(example.filter((name) => !known.includes(name) && !asked.includes(name))).toEqual([]);
});

it('.env does not get into the image', () => {
  expect(text('.dockerignore').split('\n')).toContain('.env');
});
