/** What those ask who watch: whether the process lives, and whether it can work. */
import type { Db } from '../db/connect.ts';
import { databaseFailure } from '../db/databaseFailure.ts';
import { takesChanges } from '../db/readiness.ts';
import type { Ctx, Web } from './context.ts';

/** A full disk refuses some changes and takes others; so what a request met counts this long, in milliseconds. */
const REFUSED_COUNTS_MS = 10_000;

export type Health = ReturnType<typeof createHealth>;

export function createHealth(db: Db) {
  let refusedAt = Number.NEGATIVE_INFINITY;
  return {
    async databaseIsReady(): Promise<boolean> {
      if (performance.now() - refusedAt < REFUSED_COUNTS_MS) return false;
      return takesChanges(db).catch(() => false);
    },
    /** A request failed. What the database refuses until somebody fixes it makes the process unready. */
    heed(error: unknown): void {
      if (databaseFailure(error)?.kind === 'refusing') refusedAt = performance.now();
    },
  };
}

/** The process lives. */
export function showAlive(ctx: Ctx): void {
  ctx.body = { ok: true };
}

/**
 * The database answers and takes changes, and the process is not about to stop; says if the engine is away, without
 * failing for it.
 */
export async function showReady(ctx: Ctx, { health, engineAnswers, stopping }: Web): Promise<void> {
  const [database, temporal] = await Promise.all([health.databaseIsReady(), engineAnswers()]);
  ctx.status = database && !stopping() ? 200 : 503;
  ctx.body = { database, temporal, ...(stopping() ? { stopping: true } : {}) };
}
