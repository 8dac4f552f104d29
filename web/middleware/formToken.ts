/** The form token: a posted form was shown in this very session, and not in another person's tab of the same browser. */
import type Koa from 'koa';
import { equal } from '../../db/secrets.ts';
import type { Session } from '../../db/sessions.ts';
import { type Ctx, field, type State, seeOther, sessionOf, type Web } from '../context.ts';
import type { FormTokenRule } from '../route.ts';
import { showNotice } from '../ui/notices.ts';
import { auditRefusal } from './limits.ts';

/** Lets each form that is shown in a session have its token. */
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

/** Nothing but the audit is written for a form that was shown in another session, and the person is told. */
export const checkFormToken = checked((ctx) => showNotice(ctx, 'otherTab'));

/** The same, and the person begins again at `path`. */
export const checkFormTokenOrGoTo = (path: string): FormTokenRule => checked((ctx) => seeOther(ctx, path));

/** Not asked for: a link or a password speaks for itself, and another language or the way out harms nobody. */
export const noFormToken: FormTokenRule = Object.assign((_ctx: Ctx, _web: Web, next: Koa.Next) => next(), {
  formToken: 'not needed' as const,
});
