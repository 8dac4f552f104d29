/** What those ask who watch: whether the process lives, and whether it can work. */
import Router from '@koa/router';
import { takesChanges } from '../db/readiness.ts';
import { databaseTrouble } from '../db/trouble.ts';
import type { State, Web } from './context.ts';

/** A full disk refuses some changes and takes others; so what a request met counts this long, in milliseconds. */
const REFUSED_COUNTS_MS = 10_000;

export type Health = ReturnType<typeof createHealth>;

export function createHealth({ db, engineAnswers, stopping }: Web) {
  let refusedAt = Number.NEGATIVE_INFINITY;

  const databaseReady = async (): Promise<boolean> => {
    if (performance.now() - refusedAt < REFUSED_COUNTS_MS) return false;
    return takesChanges(db).catch(() => false);
  };

  const router = new Router<State>();
  router.get('/healthz', (ctx) => {
    ctx.body = { ok: true };
  });
  router.get('/readyz', async (ctx) => {
    const [database, temporal] = await Promise.all([databaseReady(), engineAnswers()]);
    ctx.status = database && !stopping() ? 200 : 503;
    ctx.body = { database, temporal, ...(stopping() ? { stopping: true } : {}) };
  });

  return {
    /**
     * `/healthz`: the process lives. `/readyz`: the database answers and takes changes, and the process is not about to
     * stop; says if the engine is away, without failing for it.
     */
    routes: () => router.routes(),
    /** A request failed. What the database refuses until somebody mends it makes the process unready. */
    heed(error: unknown): void {
      if (databaseTrouble(error)?.kind === 'refusing') refusedAt = performance.now();
    },
  };
}
