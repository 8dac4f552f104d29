/** For process entries: explains in words, with a hint and without a stack, why a process cannot start. */

import { MigrationLocked } from '../db/connect.ts';
import { databaseFailure } from '../db/databaseFailure.ts';
import { WrongSettings } from '../domain/wrongSettings.ts';
import { type Config, readConfig } from './config.ts';

/** sysexits.h: something is wrong with the configuration. */
export const EX_CONFIG = 78;

/** SQLSTATEs that mean DATABASE_URL is wrong. */
const REFUSED: Record<string, string> = {
  '28P01': 'DATABASE_URL: PostgreSQL refuses this user or password',
  '28000': 'DATABASE_URL: PostgreSQL refuses this user, or a connection without TLS (sslmode=verify-full)',
  '3D000': 'DATABASE_URL: PostgreSQL has no database of this name: create it, or give another name',
  '42501':
    'DATABASE_URL: this user has no rights in the database: the owner grants them with npm run migrate (docs/deploying.md, "Roles in PostgreSQL")',
};
const NO_TABLE = '42P01';
/** gRPC: not found. */
const NOT_FOUND = 5;

/** Errors of Node, the drivers and Temporal's SDK. */
type Failure = Error & { code?: string; syscall?: string; hostname?: string; path?: string; port?: number };

/** `errors`: wrong settings, each with a hint. `reason`: something else to fix or to wait for. */
export type StartFailure = { errors: string[] } | { reason: string };

/** The settings; or the list of errors on stderr and exit code 78 (EX_CONFIG). */
export function configOrExit(): Config {
  const result = readConfig(process.env);
  return 'config' in result ? result.config : exitForWrongSettings(result.errors);
}

export function exitForWrongSettings(errors: string[]): never {
  console.error(`Instap cannot start. Fix these settings:\n  ${errors.join('\n  ')}`);
  process.exit(EX_CONFIG);
}

/** Explains `error` to the person starting a process; undefined for a bug of ours, whose stack is useful. */
export function explainStartFailure(error: unknown, config: Config): StartFailure | undefined {
  if (error instanceof WrongSettings) return error;
  const failure = error as Failure;
  const settingError = settingErrorOf(failure, config);
  if (settingError) return { errors: [settingError] };
  const reason = reasonOf(failure, config);
  return reason === undefined ? undefined : { reason };
}

/** Ends the process when `start` fails: exit code 78 for wrong settings, else 1. */
export async function startOrExit<T>(config: Config, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const startFailure = explainStartFailure(error, config);
    if (!startFailure) throw error;
    if ('errors' in startFailure) exitForWrongSettings(startFailure.errors);
    console.error(`Instap cannot start: ${startFailure.reason}`);
    process.exit(1);
  }
}

/** Why Temporal could not be reached or used. */
export function describeEngineFailure(
  error: unknown,
  { connectionOptions, namespace }: Config['temporal'],
): string {
  const { address = 'localhost:7233' } = connectionOptions;
  return (error as { code?: unknown }).code === NOT_FOUND
    ? `Temporal at ${address} has no namespace "${namespace}": create it there, or correct TEMPORAL_NAMESPACE.`
    : `Temporal does not answer at ${address}: is it running there, and are TEMPORAL_ADDRESS, TEMPORAL_TLS and TEMPORAL_API_KEY right?`;
}

const portTaken = (name: string, port: number) =>
  `${name} ${port} is in use by another program: stop it, or set another ${name}`;

/** The SDK reports this without a code. */
const noMetrics = ({ message }: Failure) => /prometheus metrics exporter: (.*)/.exec(message)?.[1];

function settingErrorOf(failure: Failure, { HOST, WORKFLOW_BUNDLE }: Config): string | undefined {
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
  const known = databaseFailure(failure);
  if (known) return known.hint;
  if (code === 'EADDRINUSE' && METRICS_PORT && port === METRICS_PORT)
    return portTaken('METRICS_PORT', METRICS_PORT);
  if (code === 'EADDRINUSE') return portTaken('PORT', PORT);
  if (name === 'TransportError') return describeEngineFailure(failure, temporal);
  if (noMetrics(failure)) return portTaken('METRICS_PORT', METRICS_PORT);
  if (failure instanceof MigrationLocked)
    return 'another npm run migrate has been running for a minute: let it finish, then try again';
  if (/migration directory is corrupt/.test(message))
    return 'the database belongs to a newer release: start that one';
  return undefined;
}
