/**
 * Background work of a worker: answers password requests, dispatches what web could not, and looks for lost runs and
 * expired data.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { deleteOldAttempts } from '../db/attempts.ts';
import { purgeAudit } from '../db/audit.ts';
import type { Db } from '../db/connect.ts';
import { eraseWhoNeverFinished } from '../db/erasure.ts';
import { answerPasswordRequests } from '../db/passwordRequests.ts';
import { deleteEndedSessions } from '../db/sessions.ts';
import { causesOf } from '../domain/causes.ts';
import type { Config } from '../processes/config.ts';
import type { DirectDispatch } from './directDispatch.ts';
import { createDispatcher } from './dispatch.ts';
import { createReconciliation } from './reconcile.ts';
import { singleFlight } from './singleFlight.ts';

type Given = { db: Db; engine: Client; config: Config; log: Logger };

/** Runs from the call on. `stop` resolves when nothing is under way any more. */
export function startPoller(given: Given): DirectDispatch {
  const { db, config, log } = given;
  const reconcile = singleFlight(
    log,
    'what should be running could not be looked up',
    createReconciliation(given),
  );
  const tidy = singleFlight(log, 'what is over could not be deleted', async () => {
    await deleteEndedSessions(db, config.SESSION_ABSOLUTE);
    await deleteOldAttempts(db);
    const erased = await eraseWhoNeverFinished(db, config.KEEP_AFTER);
    if (erased > 0) log.info({ erased }, 'who never finished was erased, because KEEP_AFTER is over');
    const purged = await purgeAudit(db, config.KEEP_AUDIT_MONTHS);
    if (purged > 0) log.info({ purged }, 'entries of the audit went, because KEEP_AUDIT_MONTHS are over');
  });
  const dispatcher = createDispatcher({ ...given, onRecovered: reconcile.begin });
  const stopped = new AbortController();
  const limits = { everyMs: config.INVITE_EVERY, perDay: config.LIMIT_RESETS_PER_DAY };

  let failing = false;
  async function answerRequests(): Promise<void> {
    const { failure } = await answerPasswordRequests(db, limits);
    if (failure && !failing)
      log.warn({ reason: causesOf(failure) }, 'a request for a new password is kept and tried again');
    failing = failure !== undefined;
  }

  function look(): void {
    reconcile.begin();
    tidy.begin();
  }

  async function repeatUntilStopped(failureMessage: string, work: () => Promise<unknown>): Promise<void> {
    while (!stopped.signal.aborted) {
      await work().catch((error) => log.warn({ reason: causesOf(error) }, failureMessage));
      await wait(config.RELAY_EVERY, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  }

  look();
  const looking = setInterval(look, config.RECONCILE_EVERY);
  // Separate loops, so that many requests do not delay signals.
  const relaying = [
    repeatUntilStopped('the outbox could not be read', dispatcher.dispatchAll),
    repeatUntilStopped('who forgot a password could not be looked up', answerRequests),
  ];
  return {
    dispatch: dispatcher.dispatch,
    async stop() {
      clearInterval(looking);
      stopped.abort();
      await Promise.all([...relaying, reconcile.idle(), tidy.idle()]);
      await dispatcher.stop();
    },
  };
}
