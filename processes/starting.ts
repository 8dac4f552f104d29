/** For process entries: what keeps a process from starting is said in words, with the cure, and not as a stack. */

import { MigrationLocked } from '../db/connect.ts';
import { databaseTrouble } from '../db/trouble.ts';
import { WrongSettings } from '../domain/wrongSettings.ts';
import { type Config, readConfig } from './config.ts';

/** sysexits.h: something is wrong with the configuration. */
export const EX_CONFIG = 78;

/** SQLSTATE of what PostgreSQL refuses because of DATABASE_URL. */
const REFUSED: Record<string, string> = {
  '28P01': 'DATABASE_URL: PostgreSQL refuses this user or password',
  '28000': 'DATABASE_URL: PostgreSQL refuses this user, or a connection without TLS (sslmode=verify-full)',
  '3D000': 'DATABASE_URL: PostgreSQL has no database of this name: create it, or give another name',
  '42501':
    'DATABASE_URL: this user has no rights in the database: the owner grants them with npm run migrate (docs/deploying.md, "Roles in PostgreSQL")',
};
const NO_TABLE = '42P01';
/** gRPC: there is no such thing. */
const NOT_FOUND = 5;

/** What Node, the drivers and the engine's SDK say. */
type Failure = Error & { code?: string; syscall?: string; hostname?: string; path?: string; port?: number };

/** `mistakes`: of settings, each with its cure. `reason`: something else that is to be mended, or waited for. */
export type Trouble = { mistakes: string[] } | { reason: string };

/** The settings, or the list of mistakes on stderr and exit code 78 (EX_CONFIG). */
export function configOrExit(): Config {
  const result = readConfig(process.env);
  return 'config' in result ? result.config : exitForMistakes(result.mistakes);
}

export function exitForMistakes(mistakes: string[]): never {
  console.error(`Instap cannot start. Fix these settings:\n  ${mistakes.join('\n  ')}`);
  process.exit(EX_CONFIG);
}

/** What `error` means to whoever starts a process; undefined: a fault of ours, whose stack is of use. */
export function troubleOf(error: unknown, config: Config): Trouble | undefined {
  if (error instanceof WrongSettings) return error;
  const failure = error as Failure;
  const mistake = mistakeOf(failure, config);
  if (mistake) return { mistakes: [mistake] };
  const reason = reasonOf(failure, config);
  return reason === undefined ? undefined : { reason };
}

/** Ends the process when `start` fails: exit code 78 for wrong settings, else 1. */
export async function startOrExit<T>(config: Config, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const trouble = troubleOf(error, config);
    if (!trouble) throw error;
    if ('mistakes' in trouble) exitForMistakes(trouble.mistakes);
    console.error(`Instap cannot start: ${trouble.reason}`);
    process.exit(1);
  }
}

/** Why the engine could not be reached, or not be used. */
export function engineTrouble(error: unknown, { connectionOptions, namespace }: Config['temporal']): string {
  const { address = 'localhost:7233' } = connectionOptions;
  return (error as { code?: unknown }).code === NOT_FOUND
    ? `Temporal at ${address} has no namespace "${namespace}": create it there, or correct TEMPORAL_NAMESPACE.`
    : `Temporal does not answer at ${address}: is it running there, and are TEMPORAL_ADDRESS, TEMPORAL_TLS and TEMPORAL_API_KEY right?`;
}

const portTaken = (name: string, port: number) =>
  `${name} ${port} is in use by another program: stop it, or set another ${name}`;

/** Said by the SDK, without a code. */
const noMetrics = ({ message }: Failure) => /prometheus metrics exporter: (.*)/.exec(message)?.[1];

function mistakeOf(failure: Failure, { HOST, WORKFLOW_BUNDLE }: Config): string | undefined {
  const { code = '', message, syscall, hostname, path } = failure;
  if (REFUSED[code]) return REFUSED[code];
  const parameter = /unsupported startup parameter: (\S+)/.exec(message)?.[1];
  if (parameter)
    return `DATABASE_URL: the pooler in front of PostgreSQL refuses "${parameter}": remove it, or list it in the pooler's ignore_startup_parameters`;
  if (/SSL connections|certificate/.test(message))
    return `DATABASE_URL: no secure connection to PostgreSQL (${message}): check sslmode`;
  const noAddress = hostname !== undefined && hostname === HOST;
  if (noAddress || (syscall === 'listen' && code !== 'EADDRINUSE'))
    return `HOST, PORT: this process is not allowed to listen there, or the machine has no such address (${code})`;
  const metrics = noMetrics(failure);
  if (metrics && !/in use/.test(metrics))
    return `HOST, METRICS_PORT: cannot serve metrics there (${metrics})`;
  if (path !== undefined && path === WORKFLOW_BUNDLE)
    return `WORKFLOW_BUNDLE: the file cannot be read (${code}): create it with node processes/bundle.ts, or remove the setting`;
  return undefined;
}

function reasonOf(failure: Failure, { PORT, METRICS_PORT, temporal }: Config): string | undefined {
  const { code, name, message, port } = failure;
  if (code === NO_TABLE) return 'the database has no tables yet: run npm run migrate first';
  const trouble = databaseTrouble(failure);
  if (trouble) return trouble.cure;
  if (code === 'EADDRINUSE' && METRICS_PORT && port === METRICS_PORT)
    return portTaken('METRICS_PORT', METRICS_PORT);
  if (code === 'EADDRINUSE') return portTaken('PORT', PORT);
  if (name === 'TransportError') return engineTrouble(failure, temporal);
  if (noMetrics(failure)) return portTaken('METRICS_PORT', METRICS_PORT);
  if (failure instanceof MigrationLocked)
    return 'another npm run migrate has been running for a minute: let it finish, then try again';
  if (/migration directory is corrupt/.test(message))
    return 'the database belongs to a newer release: start that one';
  return undefined;
}
