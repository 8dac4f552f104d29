/** A row of routes.ts: method, path, guards in order, and handler. */
import type Router from '@koa/router';
import type Koa from 'koa';
import { withSource } from '../db/audit.ts';
import type { Ctx, State, Web } from './context.ts';
import { clientAddress } from './middleware/clientAddress.ts';

/** Continues with `next`, or has answered. */
export type Guard = (ctx: Ctx, web: Web, next: Koa.Next) => unknown;
export type Handler = Guard;

/** The first guard of a page: identifies the visitor by session or link, or answers that there is none. */
export type Who = Guard & { readonly tellsWho: true };
export const tellsWho = (guard: Guard): Who => Object.assign(guard, { tellsWho: true as const });

/** The second guard of every POST: whether the form must have been shown in this session. */
export type FormTokenRule = Guard & { readonly formToken: 'checked' | 'not needed' };

type Method = 'get' | 'post' | 'patch' | 'delete' | 'all';
export type Route = { method: Method; path: string; guards: readonly Guard[]; handler: Handler };

const row =
  (method: Method) =>
  (path: string, guards: readonly Guard[], handler: Handler): Route => ({ method, path, guards, handler });

/** A call by a program: it brings a key or a signature, and no session. */
export const call = {
  get: row('get'),
  post: row('post'),
  patch: row('patch'),
  delete: row('delete'),
  all: row('all'),
};

/** A page: it says who may open it, and a POST also its form-token rule. Without them it does not compile. */
export const page = {
  get: (path: string, guards: readonly [Who, ...Guard[]], handler: Handler) =>
    row('get')(path, guards, handler),
  post: (path: string, guards: readonly [Who, FormTokenRule, ...Guard[]], handler: Handler) =>
    row('post')(path, guards, handler),
};

/** Audit entries of a request name the network it came from. */
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
