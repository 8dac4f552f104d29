/** Health checks: whether the process is alive, and whether it can work. */
import type { Db } from '../db/connect.ts';
import { databaseFailure } from '../db/databaseFailure.ts';
import { takesChanges } from '../db/readiness.ts';
import type { Ctx, Web } from './context.ts';

/** A full disk refuses some writes and accepts others, so a refusal counts for this long, in milliseconds. */
const REFUSED_COUNTS_MS = 10_000;

export type Health = ReturnType<typeof createHealth>;

export function createHealth(db: Db) {
  let refusedAt = Number.NEGATIVE_INFINITY;
  return {
    async databaseIsReady(): Promise<boolean> {
      if (performance.now() - refusedAt < REFUSED_COUNTS_MS) return false;
      return takesChanges(db).catch(() => false);
    },
    /**
     * Called for each failed request. Refusals that last until somebody fixes the database make the process unready.
     */
    heed(error: unknown): void {
      if (databaseFailure(error)?.kind === 'refusing') refusedAt = performance.now();
    },
  };
}

/** The process lives. */
export function showAlive(ctx: Ctx): void {
  ctx.body = { ok: true };
}

/** The database accepts writes, and the process is not stopping. Says when Temporal is away, without failing for it. */
export async function showReady(ctx: Ctx, { health, engineAnswers, stopping }: Web): Promise<void> {
  const [database, temporal] = await Promise.all([health.databaseIsReady(), engineAnswers()]);
  ctx.status = database && !stopping() ? 200 : 503;
  ctx.body = { database, temporal, ...(stopping() ? { stopping: true } : {}) };
}
