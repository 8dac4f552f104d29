/** docker-compose.yml: can be read, and gives only settings that there are. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { SETTINGS } from '../../config.ts';

const text = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

it('docker-compose.yml gives web and worker settings that they know, and .env.example names what may be given', () => {
  const compose = parse(text('docker-compose.yml'));
  const given: Record<string, string> = compose.services.web.environment ?? compose['x-instap'].environment;
  const known = [...SETTINGS.map(({ name }) => name), 'TEMPORAL_ADDRESS'];
  expect(Object.keys(given).filter((name) => !known.includes(name))).toEqual([]);
  const asked = [...text('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name);
  const example = [...text('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
  expect([...new Set(asked)].sort()).toEqual(example.sort());
});
