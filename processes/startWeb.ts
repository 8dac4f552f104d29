/** A running web server. */
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import { createAttempts } from '../db/attempts.ts';
import { connect, disconnect } from '../db/connect.ts';
import type { PasswordCost } from '../db/secrets.ts';
import { createDispatcher } from '../outbox/dispatch.ts';
import { createHashing } from '../web/account/hashing.ts';
import { loadPasswordRules } from '../web/account/passwordRules.ts';
import { createApp } from '../web/app.ts';
import { createHealth } from '../web/health.ts';
import { countRefusal, createMetrics, serveMetrics } from '../web/metrics.ts';
import { counterLimits } from '../web/middleware/limits.ts';
import { loadTerms } from '../web/onboarding/termsText.ts';
import type { Config } from './config.ts';

/** How long requests under way may take to finish at a stop, in milliseconds. */
const GRACE_MS = 10_000;
/** Longest wait for a lock while a person waits at a page, in milliseconds. After that the page says "try again". */
const LOCK_TIMEOUT_MS = 3_000;
const EVERYBODY_IS_THE_PROXY =
  'PUBLIC_URL is https and TRUST_PROXY is 0: everybody seems to come from the proxy, so the limits for one network apply to all people together. Let the proxy set X-Forwarded-For, and set TRUST_PROXY=1';
const ENGINE_TIMEOUT_MS = 1_000;
/** Without this, gRPC would wait up to two minutes to reconnect after a Temporal outage. */
const RECONNECT_WITHIN_MS = 2_000;

export type RunningWeb = { port: number; stop(): Promise<void> };

export async function startWeb({
  config,
  log,
  passwordCost,
}: {
  config: Config;
  log: Logger;
  passwordCost: PasswordCost;
}): Promise<RunningWeb> {
  const db = connect({
    url: config.DATABASE_URL,
    secretKeys: config.SECRET_KEYS,
    lockTimeoutMs: LOCK_TIMEOUT_MS,
    onOutboxWritten: (rows) => dispatcher.dispatch(rows),
  });
  const { connectionOptions, namespace } = config.temporal;
  // Lazy, because the pages work while Temporal is away.
  const connection = Connection.lazy({
    ...connectionOptions,
    channelArgs: { 'grpc.max_reconnect_backoff_ms': RECONNECT_WITHIN_MS },
  });
  const dispatcher = createDispatcher({ db, engine: new Client({ connection, namespace }), config, log });
  const engineAnswers = () =>
    connection
      .withDeadline(Date.now() + ENGINE_TIMEOUT_MS, () => connection.workflowService.getSystemInfo({}))
      .then(
        () => true,
        () => false,
      );
  const metrics = createMetrics();
  let stopping = false;
  const app = createApp({
    db,
    config,
    attempts: createAttempts(db, counterLimits(config), (limit) => countRefusal(metrics, limit)),
    hashing: createHashing({
      atOnce: config.LIMIT_HASHES_AT_ONCE,
      waiting: config.LIMIT_HASHES_WAITING,
      cost: passwordCost,
    }),
    passwordRules: await loadPasswordRules(),
    terms: await loadTerms(config.TERMS_FOLDER),
    metrics,
    health: createHealth(db),
    engineAnswers,
    stopping: () => stopping,
    log,
  });

  const server = app.listen(config.PORT, config.HOST);
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const { port } = server.address() as AddressInfo;
  const served = config.METRICS_PORT
    ? await serveMetrics(metrics, { port: config.METRICS_PORT, host: config.HOST })
    : undefined;
  if (config.PUBLIC_URL.protocol === 'https:' && !config.TRUST_PROXY) log.warn(EVERYBODY_IS_THE_PROXY);

  return {
    port,
    async stop() {
      stopping = true;
      // A proxy that checks /readyz sends no new requests from now on; those that still arrive are answered.
      await sleep(config.DRAIN_WAIT);
      const late = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await new Promise((closed) => server.close(closed)); // Idle connections are closed, too.
      clearTimeout(late);
      await dispatcher.stop();
      served?.stop();
      await disconnect(db);
      await connection.close();
    },
  };
}
