/** Paths for programs always get an answer for programs, never a page. */
import type Koa from 'koa';
import type { State } from '../context.ts';
import { problem } from './problem.ts';

/** Under /api or /webhooks, however it is written: `//api/v1`, `/API`, `/%61pi`. */
export const isForPrograms = (path: string): boolean =>
  /^[/\\]*(api|webhooks)([/\\]|$)/i.test(unescaped(path));

function unescaped(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** What the router leaves behind: routes that match the path, whatever their methods. */
type Routed = { matched?: { methods: string[] }[] };

/** OPTIONS gets no CORS headers: the API is for servers, not for browsers. */
export function answerMethods(ctx: Koa.ParameterizedContext<State>, methods: string[]): void {
  ctx.set('Allow', [...new Set([...methods, 'OPTIONS'])].join(', '));
  if (ctx.method === 'OPTIONS') ctx.status = 204;
  else problem(ctx, 'method-not-allowed');
}

/** After all calls: the path exists with other methods, or does not exist. */
export const noSuchCall: Koa.Middleware<State> = async (ctx, next) => {
  if (!isForPrograms(ctx.path)) return next();
  const { matched = [] } = ctx as Routed;
  const methods = matched.flatMap((route) => route.methods);
  if (methods.length > 0) answerMethods(ctx, methods);
  else problem(ctx, 'no-such-call');
};
