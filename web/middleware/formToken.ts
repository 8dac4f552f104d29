/**
 * The form token: a posted form must have been shown in this session, not in another person's tab of the same browser.
 */
import type Koa from 'koa';
import { equal } from '../../db/secrets.ts';
import type { Session } from '../../db/sessions.ts';
import { type Ctx, field, type State, seeOther, sessionOf, type Web } from '../context.ts';
import type { FormTokenRule } from '../route.ts';
import { showNotice } from '../ui/notices.ts';
import { auditRefusal } from './limits.ts';

/** Provides the token for the forms of a session. */
export function formToken({ db }: Web): Koa.Middleware<State> {
  return async (ctx, next) => {
    const { found } = ctx.state;
    if (found && !found.replaced) ctx.state.formToken = db.secrets.formTokens(found.session.id)[0]!;
    await next();
  };
}

export const formTokenIsRight = (ctx: Ctx, { db }: Web, { id }: Session): boolean =>
  db.secrets.formTokens(id).some((token) => equal(token, field(ctx, 'formToken')));

const checked = (refuse: (ctx: Ctx) => void): FormTokenRule =>
  Object.assign(
    async (ctx: Ctx, web: Web, next: Koa.Next) => {
      const session = sessionOf(ctx);
      if (formTokenIsRight(ctx, web, session)) return next();
      await auditRefusal(web, 'form-token', session.id, {
        event: 'form_token.refused',
        personId: session.personId,
      });
      refuse(ctx);
    },
    { formToken: 'checked' as const },
  );

/** For a form shown in another session nothing is written but the audit, and the person is told. */
export const checkFormToken = checked((ctx) => showNotice(ctx, 'otherTab'));

/** The same, but the person starts again at `path`. */
export const checkFormTokenOrGoTo = (path: string): FormTokenRule => checked((ctx) => seeOther(ctx, path));

/** No token needed: a link or a password is proof enough, and switching the language or signing out harms nobody. */
export const noFormToken: FormTokenRule = Object.assign((_ctx: Ctx, _web: Web, next: Koa.Next) => next(), {
  formToken: 'not needed' as const,
});
