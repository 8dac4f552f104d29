/**
 * Detects browsers that refuse cookies. A new session is redirected with a marker in the URL; if the browser then
 * comes without a cookie, the page explains that cookies are needed instead of asking to open the link again.
 */
import type Koa from 'koa';
import { type Ctx, type State, seeOther } from '../context.ts';
import { showNotice } from '../ui/notices.ts';

const MARKER = 'cookies';
const CHECK = 'check';

const beginsSession = ({ response }: Ctx): boolean =>
  [response.headers['set-cookie'] ?? []].flat().some((cookie) => /^__Host-session=[^;]/.test(String(cookie)));

export const keepsCookies: Koa.Middleware<State> = async (ctx, next) => {
  const bringsSome = ctx.get('Cookie').includes('__Host-');
  if (ctx.method === 'GET' && ctx.query[MARKER] === CHECK)
    return bringsSome ? seeOther(ctx, ctx.path) : showNotice(ctx, 'noCookies');
  await next();
  if (ctx.status === 303 && beginsSession(ctx) && !bringsSome)
    ctx.set('Location', `${ctx.response.get('Location')}?${MARKER}=${CHECK}`);
};
