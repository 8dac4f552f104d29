/** One line of the log for each request: what was asked and answered and how long it took, and not by whom. */
import { randomUUID } from 'node:crypto';
import type Koa from 'koa';
import type { State, Web } from './context.ts';

/** Asked all the time by machines: of use only to whoever looks closer. */
const OFTEN = ['/healthz', '/readyz'];

/**
 * Gives every request an id of its own, which the log and the header X-Request-Id say. A path can hold the token of a
 * link and is never logged: the route is.
 */
export function requestLog({ log }: Web): Koa.Middleware<State> {
  return async (ctx, next) => {
    const begun = performance.now();
    ctx.state.requestId = randomUUID();
    ctx.set('X-Request-Id', ctx.state.requestId);
    // Also when the line is cut before the answer is out.
    ctx.res.once('close', () => {
      const route = routeOf(ctx);
      const level = route === undefined || OFTEN.includes(route) ? 'debug' : 'info';
      const seen = {
        requestId: ctx.state.requestId,
        method: ctx.method,
        route,
        status: ctx.res.statusCode,
        ms: Math.round(performance.now() - begun),
        ...(ctx.res.writableFinished ? {} : { cutOff: true }),
      };
      log[level](seen, 'request');
    });
    await next();
  };
}

/** What of the router's own is looked at: the routes that the path fits, with what only guards them among them. */
type Routed = { matched?: { path: string | RegExp; methods: string[] }[] };

/** The route as it stands in the code, for example `/i/:token`; undefined: none of ours, or a file. */
function routeOf(ctx: Koa.ParameterizedContext<State>): string | undefined {
  const { matched = [] } = ctx as Routed;
  const route = matched.findLast(({ methods }) => methods.includes(ctx.method));
  return route && String(route.path);
}
