/** The Temporal dev server: server and UI in one process on loopback, with its state in an SQLite file or in memory. */
import { Connection } from '@temporalio/client';
import { type Part, type Supervision, startPart } from './childProcesses.ts';
import { anyFreePort, listens } from './ports.ts';

const CONNECT_WITHIN_MS = 1_000;
const NAMESPACE = 'default';

export type Temporal = Part & {
  /** For TEMPORAL_ADDRESS. */
  address: string;
  /** The UI; undefined without it. */
  ui: string | undefined;
};

export type TemporalOptions = {
  /** From `findTemporal`. */
  cli: string;
  /** Kept between starts. Without it everything is in memory. */
  dataFile?: string;
  /** Default: a free one. */
  port?: number;
  /** Default: a free one; false: no UI. */
  uiPort?: number | false;
  /** Server settings by name. */
  dynamicConfig?: Record<string, string | number>;
  logFile?: string;
};

/** Resolves when its namespace `default` can be used. Throws with the last lines of output when it dies before. */
export async function startTemporal(
  { cli, dataFile, port, uiPort, dynamicConfig = {}, logFile }: TemporalOptions,
  supervision: Supervision = { restart: false },
): Promise<Temporal> {
  const listening = port ?? (await anyFreePort());
  const uiListening = uiPort === false ? undefined : (uiPort ?? (await anyFreePort()));
  const address = `127.0.0.1:${listening}`;
  const part = startPart(
    {
      name: 'Temporal',
      command: cli,
      args: [
        ...[
          'server',
          'start-dev',
          '--ip',
          '127.0.0.1',
          '--port',
          String(listening),
          '--namespace',
          NAMESPACE,
        ],
        ...(uiListening ? ['--ui-port', String(uiListening)] : ['--headless']),
        ...(dataFile ? ['--db-filename', dataFile] : []),
        ...['--log-level', 'error'],
        // A worker gets the next activity in the answer to its workflow task, which saves a third of the time per
        // step.
        ...['--dynamic-config-value', 'system.enableActivityEagerExecution=true'],
        ...Object.entries(dynamicConfig).flatMap(([name, value]) => [
          '--dynamic-config-value',
          `${name}=${value}`,
        ]),
      ],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR },
      ready: { probe: () => serves(address) },
      stopSignal: 'SIGTERM',
      // A killed server may hold its file for a moment.
      firstTries: 3,
      logFile,
      worthTelling: (line) => /^(panic:|fatal error:|Error:).*/.exec(line)?.[0],
    },
    supervision,
  );
  await part.ready;
  return { ...part, address, ui: uiListening ? `http://localhost:${uiListening}` : undefined };
}

async function serves(address: string): Promise<boolean> {
  // gRPC retries a refused connection only after a second, so check first whether anything listens.
  if (!(await listens(address))) return false;
  try {
    const connection = await Connection.connect({ address, connectTimeout: CONNECT_WITHIN_MS });
    try {
      await connection.withDeadline(Date.now() + CONNECT_WITHIN_MS, () =>
        connection.workflowService.describeNamespace({ namespace: NAMESPACE }),
      );
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}
