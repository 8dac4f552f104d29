/** docker-compose.yml, .env.example and the image: nothing unsafe by default, and everything they name exists. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROLES } from '../db/rights.ts';
import { IN_FILES, SETTINGS } from '../processes/config.ts';

const text = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const compose = parse(text('docker-compose.yml'), { merge: true });
const known = [...SETTINGS.map(({ name }) => name), ...IN_FILES.map((name) => `${name}_FILE`)];
type Service = {
  restart?: string;
  healthcheck?: { test?: string[]; disable?: boolean };
  security_opt?: string[];
  cap_drop?: string[];
  mem_limit?: string;
};
const OURS = ['migrate', 'web', 'worker', 'cli'];
/** The role that owns the tables, and those of db/rights.ts. */
const ROLE_OF: Record<string, string> = { migrate: 'instap', ...ROLES };
const PASSWORDS = [...text('.env.example').matchAll(/^(\w*_PASSWORD)=$/gm)].map(([, name]) => name!);
const services = Object.entries<Service>(compose.services);

it.each(OURS)('%s gets whatever stands in .env, when there is one', (name) => {
  const { env_file, environment } = compose.services[name];
  expect(env_file).toEqual([{ path: '.env', required: false }]);
  // Set here, it would override .env.
  const ownOfCompose = [
    'DATABASE_URL',
    'PGPASSWORD',
    'TEMPORAL_ADDRESS',
    'SMTP_CLEAR_TEXT_HOST',
    'HOST',
    'PORT',
    'METRICS_PORT',
    ...PASSWORDS,
  ];
  expect(ownOfCompose).toEqual(expect.arrayContaining(Object.keys(environment)));
  expect(environment.DATABASE_URL).not.toContain('$');
});

describe.each(services)('%s', (name, service) => {
  it('comes back by itself, and says whether it works', () => {
    expect(service.restart).toMatch(name === 'migrate' ? /^on-failure/ : /^unless-stopped$/);
    // web uses the one of the image.
    const own = service.healthcheck?.test ?? service.healthcheck?.disable;
    expect(own ?? (name === 'web' && text('Dockerfile').includes('HEALTHCHECK'))).toBeTruthy();
  });

  it('may take no more rights, and no more memory than it was given', () => {
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
  });
});

it.each([...OURS, 'mailpit'])('%s writes nowhere but to memory, without any capability', (name) => {
  expect(compose.services[name]).toMatchObject({ read_only: true, cap_drop: ['ALL'], tmpfs: ['/tmp'] });
});

it('has no password by default, and says what to give', () => {
  const passwords = [...text('docker-compose.yml').matchAll(/\$\{(\w*PASSWORD)(.*?)\}/g)];
  expect(passwords.length).toBeGreaterThan(0);
  for (const [, , rest] of passwords) expect(rest).toMatch(/^:\?give .+ in \.env$/);
});

it.each(OURS)('%s has a role of its own in the database, and no password of another one', (name) => {
  const { environment } = compose.services[name];
  expect(new URL(environment.DATABASE_URL).username).toBe(ROLE_OF[name]);
  expect(PASSWORDS).toHaveLength(6);
  for (const password of PASSWORDS) expect(environment[password], password).toBe('');
  const others = OURS.filter((other) => other !== name);
  for (const other of others)
    expect(compose.services[other].environment.PGPASSWORD).not.toBe(environment.PGPASSWORD);
});

it('Instap and Temporal have roles of their own, and none may do everything', () => {
  const { environment } = compose.services.temporal;
  expect(environment.POSTGRES_USER).toBe('temporal');
  const script = text('postgres-roles.sh');
  const made = [...script.matchAll(/^ {2}\('(\w+)', :'\w+'\)/gm)].map(([, role]) => role);
  expect(made).toEqual([...Object.values(ROLE_OF), 'temporal']);
  expect(script.match(/format\('create role .*'/g)).toEqual(["format('create role %I login password %L'"]);
});

it('mails stay in mailpit only when that was asked for', () => {
  expect(compose.services.mailpit.profiles).toEqual(['tryout']);
  for (const name of OURS) expect(compose.services[name].environment).not.toHaveProperty('SMTP_URL');
});

it('.env.example names what docker-compose.yml asks for, and besides it only settings that there are', () => {
  const asked = [...text('docker-compose.yml').matchAll(/\$\{([A-Z_]+)/g)].map(([, name]) => name!);
  const example = [...text('.env.example').matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name!);
  expect(asked.filter((name) => !example.includes(name))).toEqual([]);
  expect(example.filter((name) => !known.includes(name) && !asked.includes(name))).toEqual([]);
});

it.each(['.gitignore', '.dockerignore'])('.env stays out: %s', (name) => {
  expect(text(name).split('\n')).toContain('.env');
});

it('the image has neither what is for trying out nor what is for tests, and does not run as root', () => {
  expect(text('.dockerignore').split('\n')).toEqual(
    expect.arrayContaining(['tools', 'test', '**/*.test.ts', 'docs', 'node_modules', '.git']),
  );
  const last = text('Dockerfile')
    .split(/^FROM /m)
    .at(-1);
  expect(last).toMatch(/^USER node$/m);
  expect(last).not.toContain('npm');
});
