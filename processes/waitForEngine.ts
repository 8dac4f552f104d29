/** For the worker's process: Temporal may start later than the worker, or be made ready for it later. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, TransportError } from '@temporalio/worker';
import type { Logger } from 'pino';
import { WrongSettings } from '../domain/wrongSettings.ts';
import type { Config } from './config.ts';
import { engineTrouble } from './starting.ts';

type Temporal = Config['temporal'];

const LOOK_EVERY_MS = 2_000;
const ANSWER_WITHIN_MS = 5_000;

/** Resolves when the engine has the namespace; says what is missing meanwhile. Throws in words what no waiting mends. */
export async function waitForEngine(temporal: Temporal, log: Logger): Promise<void> {
  let said: string | undefined;
  for (;;) {
    const trouble = await look(temporal);
    if (trouble === undefined) return;
    if (trouble !== said) log.warn(`${trouble} The worker waits for it.`);
    said = trouble;
    await sleep(LOOK_EVERY_MS);
  }
}

async function look(temporal: Temporal): Promise<string | undefined> {
  const { connectionOptions, namespace } = temporal;
  try {
    const connection = await NativeConnection.connect(connectionOptions);
    try {
      await connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
    } finally {
      await connection.close();
    }
    return undefined;
  } catch (error) {
    // Other than a port where nobody listens: this one speaks no TLS, or shows a certificate that is not trusted.
    const refused =
      error instanceof TransportError && /Invalid(ContentType|Certificate\([\w(]*)/.exec(error.message);
    if (refused)
      throw new WrongSettings(
        `TEMPORAL_TLS…, TEMPORAL_API_KEY (which means TLS): no secure connection to Temporal (${refused[0]})`,
      );
    return engineTrouble(error, temporal);
  }
}
