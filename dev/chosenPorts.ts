/** The port of each part of `npm start`. */
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

/**
 * The usual ports, or the next free ones; `moved` says which. A port that was asked for in `env` is taken as it is, or
 * it is a mistake.
 */
export async function choosePorts(
  env: NodeJS.ProcessEnv,
): Promise<{ ports: Ports; moved: string[] } | { mistake: string }> {
  const taken = new Set<number>();
  const given = givenParts(env);
  const unused = [
    given.database && 'POSTGRES_PORT',
    given.temporal && 'TEMPORAL_PORT',
    given.temporal && 'TEMPORAL_UI_PORT',
    given.mail && 'SMTP_PORT',
  ];
  const moved: string[] = [];
  const chosen: Partial<Ports> = {};
  for (const [name, usual] of Object.entries(WANTED) as [keyof Ports, number][]) {
    if (unused.includes(name)) {
      chosen[name] = usual;
      continue;
    }
    const asked = env[name] ? Number(env[name]) : undefined;
    if (asked !== undefined && !(Number.isInteger(asked) && asked > 0 && asked <= HIGHEST))
      return { mistake: `${name}: write a whole number from 1 to ${HIGHEST}.` };
    const port = await freePort(asked ?? usual, taken, { exact: asked !== undefined });
    if (port === undefined) return { mistake: `${name}=${asked ?? usual} is taken by another program.` };
    if (port !== (asked ?? usual)) moved.push(`${name} ${usual} is taken by another program: using ${port}`);
    chosen[name] = port;
  }
  return { ports: chosen as Ports, moved };
}
