/**
 * Warns before a session ends; one button extends it (WCAG 2.2.1). The page counts by itself (public/session.js);
 * without JavaScript nothing is lost either, because signing in again leads to the same step.
 */
import type Koa from 'koa';
import type { State, Web } from '../context.ts';
import { type Handler, tellsWho } from '../route.ts';
import { showNotice } from '../ui/notices.ts';

/** Tells every page when its session ends. */
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

/** Any request restarts a session's idle time, so this needs to do nothing. */
export const keepSession: Handler = (ctx) => {
  ctx.status = 204;
};
