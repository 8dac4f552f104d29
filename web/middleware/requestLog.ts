/** One log line and one metric for each request: what was requested, the answer and the time, but not by whom. */
import { randomUUID } from 'node:crypto';
import type Koa from 'koa';
import type { State, Web } from '../context.ts';

/** Requested constantly by machines; logged only at debug level. */
const OFTEN = ['/healthz', '/readyz'];

/**
 * Gives every request an id, for the log and the header X-Request-Id. A path can contain a link's token, so the route
 * is logged instead.
 */
export function requestLog({ log, metrics }: Web): Koa.Middleware<State> {
  return async (ctx, next) => {
    const begun = performance.now();
    ctx.state.requestId = randomUUID();
    ctx.set('X-Request-Id', ctx.state.requestId);
    // Also fires when the connection breaks before the answer is complete.
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

/**
 * The part of the router's state that is used: the routes that match the path, in table order; the first one answers.
 */
type Routed = { matched?: { path: string | RegExp; methods: string[] }[] };

/** The route as written in the code, such as `/i/:token`; undefined for files and unknown paths. */
function routeOf(ctx: Koa.ParameterizedContext<State>): string | undefined {
  const { matched = [] } = ctx as Routed;
  const route = matched.find(({ methods }) => methods.includes(ctx.method));
  return route && String(route.path);
}
