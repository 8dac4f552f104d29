/** A row of routes.ts: a method and a path, all that stands before the handler in its order, and the handler. */
import type Router from '@koa/router';
import type Koa from 'koa';
import { withSource } from '../db/audit.ts';
import type { Ctx, State, Web } from './context.ts';
import { clientAddress } from './middleware/clientAddress.ts';

/** Goes on with `next`, or has answered. */
export type Guard = (ctx: Ctx, web: Web, next: Koa.Next) => unknown;
export type Handler = Guard;

/** The first guard of a page: finds out who asks, by session or by link, or answers that it is nobody it knows. */
export type Who = Guard & { readonly tellsWho: true };
export const tellsWho = (guard: Guard): Who => Object.assign(guard, { tellsWho: true as const });

/** The second one of every POST: whether the form has to be one that was shown in this very session. */
export type FormTokenRule = Guard & { readonly formToken: 'checked' | 'not needed' };

type Method = 'get' | 'post' | 'patch' | 'delete' | 'all';
export type Route = { method: Method; path: string; guards: readonly Guard[]; handler: Handler };

const row =
  (method: Method) =>
  (path: string, guards: readonly Guard[], handler: Handler): Route => ({ method, path, guards, handler });

/** A call of a program: it brings a key or a signature, and no session. */
export const call = {
  get: row('get'),
  post: row('post'),
  patch: row('patch'),
  delete: row('delete'),
  all: row('all'),
};

/** A page: it says who may ask, and a POST also what its form token has to be. Without them it does not compile. */
export const page = {
  get: (path: string, guards: readonly [Who, ...Guard[]], handler: Handler) =>
    row('get')(path, guards, handler),
  post: (path: string, guards: readonly [Who, FormTokenRule, ...Guard[]], handler: Handler) =>
    row('post')(path, guards, handler),
};

/** Whatever a request writes to the audit says from which network it came. */
const forRequest = (ctx: Ctx, web: Web): Web => ({
  ...web,
  db: withSource(web.db, { address: clientAddress(ctx) }),
});

export function addRoutes(router: Router<State>, routes: readonly Route[], web: Web): void {
  for (const { method, path, guards, handler } of routes)
    router[method](
      path,
      ...[...guards, handler].map(
        (one): Koa.Middleware<State> =>
          (ctx, next) =>
            one(ctx, forRequest(ctx, web), next),
      ),
    );
}
