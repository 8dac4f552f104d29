/** The session's cookie. */
import type Koa from 'koa';
import {
  createSession,
  deleteSession,
  findSession,
  type NewSession,
  type Proof,
  type Session,
  stepUp,
} from '../../db/sessions.ts';
import type { Ctx, State, Web } from '../context.ts';
import { readCookie, setCookie } from './cookies.ts';
import { useLocale } from './locale.ts';

const COOKIE = 'session';

/** The session cookie that the browser sent, valid or not. */
export const sessionToken = (ctx: Ctx): string | undefined => readCookie(ctx, COOKIE);

/** Finds the session of the request's cookie and its owner, whose language and organisation the pages have. */
export function session({ db, config }: Web): Koa.Middleware<State> {
  const lifetimes = { idleMs: config.SESSION_IDLE, absoluteMs: config.SESSION_ABSOLUTE };
  return async (ctx, next) => {
    const token = sessionToken(ctx);
    const known = token && (await findSession(db, { token, ...lifetimes }));
    if (known) {
      const { found, owner } = known;
      Object.assign(ctx.state, { found, owner, organisation: owner.organisation });
      useLocale(ctx, owner.person.locale);
    }
    await next();
  };
}

export async function startSession(ctx: Ctx, { db }: Web, given: NewSession): Promise<void> {
  const session = await createSession(db, given);
  ctx.state.found = { session, replaced: false };
  setSessionCookie(ctx, session.token);
}

/** The session has proven more and gets a new id (ASVS 7.2.4). */
export async function elevateSession(
  ctx: Ctx,
  { db }: Web,
  given: { session: Session; proofs: Proof[] },
): Promise<void> {
  setCookie(ctx, COOKIE, await stepUp(db, given.session, given.proofs));
}

export async function endSession(ctx: Ctx, { db }: Web): Promise<void> {
  if (ctx.state.found) await deleteSession(db, ctx.state.found.session.id);
  setCookie(ctx, COOKIE, null);
}

/** For a new id that was created in the transaction of the step, so that the step is never done without the id. */
export const setSessionCookie = (ctx: Ctx, token: string): void => setCookie(ctx, COOKIE, token);
