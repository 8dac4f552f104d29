/** One line of the log, and one observation of the metrics, for each request: what was asked and answered and how long it took, and not by whom. */
import { randomUUID } from 'node:crypto';
import type Koa from 'koa';
import type { State, Web } from '../context.ts';

/** Asked all the time by machines: of use only to whoever looks closer. */
const OFTEN = ['/healthz', '/readyz'];

/**
 * Gives every request an id of its own, which the log and the header X-Request-Id say. A path can hold the token of a
 * link and is never logged: the route is.
 */
export function requestLog({ log, metrics }: Web): Koa.Middleware<State> {
  return async (ctx, next) => {
    const begun = performance.now();
    ctx.state.requestId = randomUUID();
    ctx.set('X-Request-Id', ctx.state.requestId);
    // Also when the line is cut before the answer is out.
    ctx.res.once('close', () => {
      const route = routeOf(ctx);
      const tookMs = performance.now() - begun;
      const status = ctx.res.statusCode;
      metrics.requests.observe({ method: ctx.method, route: route ?? 'none', status }, tookMs / 1000);
      const level = route === undefined || OFTEN.includes(route) ? 'debug' : 'info';
      const seen = {
        requestId: ctx.state.requestId,
        method: ctx.method,
        route,
        status,
        ms: Math.round(tookMs),
        ...(ctx.res.writableFinished ? {} : { cutOff: true }),
      };
      log[level](seen, 'request');
    });
    await next();
  };
}

/** What of the router's own is looked at: the routes that the path fits, in the order of the table: the first one answers. */
type Routed = { matched?: { path: string | RegExp; methods: string[] }[] };

/** The route as it stands in the code, for example `/i/:token`; undefined: none of ours, or a file. */
function routeOf(ctx: Koa.ParameterizedContext<State>): string | undefined {
  const { matched = [] } = ctx as Routed;
  const route = matched.find(({ methods }) => methods.includes(ctx.method));
  return route && String(route.path);
}
