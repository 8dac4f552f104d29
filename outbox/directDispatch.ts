/**
 * Sends outbox rows to Temporal right after the commit, from the process that wrote them, without searching for or
 * claiming them. No other process takes them in the meantime (db/outbox.ts); what is not sent in time is left to a
 * worker's poller.
 */
import type { Logger } from 'pino';
import type { Db } from '../db/connect.ts';
import { deleteFromOutbox, isUrgent, type OutboxRow } from '../db/outbox.ts';
import { causesOf } from '../domain/causes.ts';

/** Rows being sent at the same time. */
const AT_ONCE = 20;
/** A row that has waited this long here, in milliseconds, is left to the poller, which may take it soon. */
const LEFT_AFTER_MS = 2_000;
/** Sent rows are deleted together, this many milliseconds after the first: before the poller would take it. */
const DELETED_AFTER_MS = 500;

type Waiting = { row: OutboxRow; until: number };

export type DirectDispatch = {
  /** Sends them as soon as possible; the caller does not wait. */
  dispatch(rows: OutboxRow[]): void;
  /** Starts nothing more, and resolves when nothing is in flight. */
  stop(): Promise<void>;
};

export function createDirectDispatch(given: {
  db: Db;
  log: Logger;
  tell: (row: OutboxRow) => Promise<void>;
}): DirectDispatch {
  const { db, log, tell } = given;
  const urgent: Waiting[] = [];
  const others: Waiting[] = [];
  const underWay = new Set<Promise<void>>();
  let told: string[] = [];
  let deletion: NodeJS.Timeout | undefined;

  function next(): void {
    while (underWay.size < AT_ONCE) {
      const waiting = urgent.shift() ?? others.shift();
      if (!waiting) return;
      if (Date.now() > waiting.until) continue;
      const telling = tellOne(waiting.row).finally(() => {
        underWay.delete(telling);
        next();
      });
      underWay.add(telling);
    }
  }

  async function tellOne(row: OutboxRow): Promise<void> {
    const isTold = await tell(row).then(
      () => true,
      () => false,
    );
    if (!isTold) return;
    told.push(row.id);
    deletion ??= setTimeout(deleteTold, DELETED_AFTER_MS);
  }

  async function deleteTold(): Promise<void> {
    clearTimeout(deletion);
    deletion = undefined;
    const ids = told;
    told = [];
    // Rows that remain are sent again, which does no harm.
    await deleteFromOutbox(db, ids).catch((error) =>
      log.warn({ reason: causesOf(error) }, 'what the engine was told could not be deleted from the outbox'),
    );
  }

  return {
    dispatch(rows) {
      const until = Date.now() + LEFT_AFTER_MS;
      for (const row of rows) (isUrgent(row) ? urgent : others).push({ row, until });
      next();
    },
    async stop() {
      urgent.length = 0;
      others.length = 0;
      await Promise.all(underWay);
      if (deletion) await deleteTold();
    },
  };
}
