/**
 * A session that is about to end says so in time, and one button keeps it (WCAG 2.2.1). The page counts by itself
 * (public/session.js); without JavaScript nothing is lost either, because signing on leads to the same step.
 */
import type Router from '@koa/router';
import type Koa from 'koa';
import { type State, seeOther, type Web } from '../context.ts';
import { showNotice } from '../ui/notices.ts';
import { SESSION } from '../ui/sessionDialog.ts';
import { CONTINUE } from './guard.ts';
import { formToken, formTokenIsRight } from './session.ts';

/** Lets every page know when its session ends. */
export function sessionEnd(web: Web): Koa.Middleware<State> {
  const { SESSION_IDLE, SESSION_ABSOLUTE } = web.config;
  return async (ctx, next) => {
    const { found } = ctx.state;
    if (found && !found.replaced)
      ctx.state.ending = {
        formToken: formToken(web, found.session),
        idleS: Math.floor(SESSION_IDLE / 1_000),
        leftS: Math.floor((SESSION_ABSOLUTE - found.session.ageMs) / 1_000),
      };
    await next();
  };
}

/** Asking is enough: every request of a session makes its idle time begin anew. */
export function sessionPages(router: Router<State>, web: Web): void {
  // Reloaded, or in the other language: the answer to the dialog's button has no page of its own.
  router.get(SESSION, (ctx) => seeOther(ctx, CONTINUE));

  router.post(SESSION, (ctx) => {
    const { found } = ctx.state;
    if (!found || found.replaced) return showNotice(ctx, web, 'noSession');
    if (!formTokenIsRight(ctx, web, found.session)) return showNotice(ctx, web, 'otherTab');
    ctx.status = 204;
  });
}
