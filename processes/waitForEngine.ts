/** For the worker: Temporal may start, or get its namespace, later than the worker. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, TransportError } from '@temporalio/worker';
import type { Logger } from 'pino';
import { WrongSettings } from '../domain/wrongSettings.ts';
import type { Config } from './config.ts';
import { describeEngineFailure } from './starting.ts';

type Temporal = Config['temporal'];

const LOOK_EVERY_MS = 2_000;
const ANSWER_WITHIN_MS = 5_000;

/** Resolves when Temporal has the namespace; logs what is missing meanwhile. Throws when waiting would not help. */
export async function waitForEngine(temporal: Temporal, log: Logger): Promise<void> {
  let said: string | undefined;
  for (;;) {
    const failure = await look(temporal);
    if (failure === undefined) return;
    if (failure !== said) log.warn(`${failure} The worker waits for it.`);
    said = failure;
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
    // Somebody listens there, but without TLS or with an untrusted certificate.
    const refused =
      error instanceof TransportError && /Invalid(ContentType|Certificate\([\w(]*)/.exec(error.message);
    if (refused)
      throw new WrongSettings(
        `TEMPORAL_TLS…, TEMPORAL_API_KEY (which means TLS): no secure connection to Temporal (${refused[0]})`,
      );
    return describeEngineFailure(error, temporal);
  }
}
