/** The port of each part of `npm start`. */
import { existsSync, readFileSync } from 'node:fs';
import { keepSecret, kept } from './folder.ts';
import { freePort } from './ports.ts';
import { givenParts } from './settings.ts';

const WANTED = {
  PORT: 3000,
  TRIAL_PORT: 3001,
  SMTP_PORT: 3025,
  POSTGRES_PORT: 3054,
  TEMPORAL_PORT: 7233,
  TEMPORAL_UI_PORT: 8233,
} as const;

const HIGHEST = 65_535;

export type Ports = Record<keyof typeof WANTED, number>;

const FILE = kept('ports');

/** The previous start's ports, so that links in caught mails still work. */
function lastPorts(): Partial<Ports> {
  try {
    return existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};
  } catch {
    return {};
  }
}

/**
 * The ports of the last start, or the usual ones, or the next free ones; `moved` names those that changed. A port set
 * in `env` is used as it is, or it is an error.
 */
export async function choosePorts(
  env: NodeJS.ProcessEnv,
): Promise<{ ports: Ports; moved: string[] } | { error: string }> {
  const given = givenParts(env);
  const unused = [
    given.database && 'POSTGRES_PORT',
    given.temporal && 'TEMPORAL_PORT',
    given.temporal && 'TEMPORAL_UI_PORT',
    given.mail && 'SMTP_PORT',
  ];
  const moved: string[] = [];
  const chosen: Partial<Ports> = {};
  const last = lastPorts();
  for (const [name, usual] of Object.entries(WANTED) as [keyof Ports, number][]) {
    const wanted = last[name] ?? usual;
    if (unused.includes(name)) {
      chosen[name] = usual;
      continue;
    }
    const asked = env[name] ? Number(env[name]) : undefined;
    if (asked !== undefined && !(Number.isInteger(asked) && asked > 0 && asked <= HIGHEST))
      return { error: `${name}: write a whole number from 1 to ${HIGHEST}.` };
    const port = await freePort(asked ?? wanted, { exact: asked !== undefined });
    if (port === undefined)
      return {
        error: `${name}=${asked ?? wanted} is in use by another program: stop it, or set another ${name}.`,
      };
    if (port !== (asked ?? wanted))
      moved.push(`${name} ${wanted} is in use by another program: using ${port}${wordsOf(name, last[name])}`);
    chosen[name] = port;
  }
  keepSecret(FILE, JSON.stringify(chosen));
  return { ports: chosen as Ports, moved };
}

const wordsOf = (name: keyof Ports, last?: number) =>
  name === 'PORT' && last ? '; links in mails from the last start will not work' : '';
