/**
 * A session that is about to end says so in time, and one button keeps it (WCAG 2.2.1). The page counts by itself
 * (public/session.js); without JavaScript nothing is lost either, because signing on leads to the same step.
 */
import type Koa from 'koa';
import type { State, Web } from '../context.ts';
import { type Handler, tellsWho } from '../route.ts';
import { showNotice } from '../ui/notices.ts';

/** Lets every page know when its session ends. */
export function sessionEnd({ config }: Web): Koa.Middleware<State> {
  const { SESSION_IDLE, SESSION_ABSOLUTE } = config;
  return async (ctx, next) => {
    const { found } = ctx.state;
    if (found && !found.replaced)
      ctx.state.ending = {
        idleS: Math.floor(SESSION_IDLE / 1_000),
        leftS: Math.floor((SESSION_ABSOLUTE - found.session.ageMs) / 1_000),
      };
    await next();
  };
}

/** A live session, whatever it has proven. */
export const requireSession = tellsWho(async (ctx, _web, next) => {
  const { found } = ctx.state;
  if (!found || found.replaced) return showNotice(ctx, 'noSession');
  await next();
});

/** Asking is enough: with every request of a session its idle time begins again. */
export const keepSession: Handler = (ctx) => {
  ctx.status = 204;
};
