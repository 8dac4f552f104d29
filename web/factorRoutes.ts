/** The routes of both second factors, for sign-in and for going on alike: they differ in who may come and what follows. */
import type Router from '@koa/router';
import type Koa from 'koa';
import type { Session } from '../db/sessions.ts';
import { type Ctx, field, type State, seeOther, type Web } from './context.ts';
import { checkPostedCode, checkPostedToken, methodsOf, sendSignInCode, signInCodeOf } from './factor.ts';
import { showCodePage, showTokenPage } from './factorPages.ts';
import { proveAgain } from './middleware/duplicateSubmit.ts';
import { carry } from './middleware/session.ts';
import { afterResend, answerDelivery, deliveryOf, newsOf } from './steps/smsDelivery.ts';

type FactorRoutes = {
  smsPath: string;
  appPath: string;
  onboarding: boolean;
  /** Lets through whoever has proven everything but the second factor. */
  guard: Koa.Middleware<State>;
  /** Once the factor is proven. */
  afterwards: (ctx: Ctx, session: Session) => Promise<void> | void;
};

const sessionOf = (ctx: Ctx): Session => ctx.state.found!.session;

/** Sends somebody to the factor that is set up; an SMS leaves only from a POST. */
export async function toFactor(
  ctx: Ctx,
  web: Web,
  given: { personId: string; smsPath: string; appPath: string },
): Promise<void> {
  const [first] = await methodsOf(web, given.personId);
  if (first === 'sms' && ctx.method === 'POST') await sendSignInCode(ctx, web, given.personId);
  seeOther(ctx, first === 'sms' ? given.smsPath : given.appPath);
}

export function factorRoutes(router: Router<State>, web: Web, routes: FactorRoutes): void {
  const { smsPath, appPath, onboarding, guard, afterwards } = routes;
  const asked = (ctx: Ctx) => ({ session: sessionOf(ctx), smsPath, appPath, onboarding });

  /** Goes on when the factor is proven, now or by the first of two clicks. */
  async function goOn(ctx: Ctx, checked: { token: string } | { refused: string }): Promise<boolean> {
    const session = sessionOf(ctx);
    if ('token' in checked) carry(ctx, checked.token);
    else if (!(await proveAgain(ctx, web, session))) return false;
    await afterwards(ctx, session);
    return true;
  }

  router.get(appPath, guard, (ctx) => showTokenPage(ctx, web, asked(ctx)));

  router.post(appPath, guard, async (ctx) => {
    const checked = await checkPostedToken(ctx, web, sessionOf(ctx));
    if ((await goOn(ctx, checked)) || 'token' in checked) return;
    await showTokenPage(ctx, web, { ...asked(ctx), refused: checked.refused });
  });

  router.get(smsPath, guard, (ctx) => showCodePage(ctx, web, asked(ctx)));

  router.post(smsPath, guard, async (ctx) => {
    const { personId } = sessionOf(ctx);
    if (field(ctx, 'action') === 'resend') {
      const refused = await sendSignInCode(ctx, web, personId);
      if (refused === 'too-many-today') return showCodePage(ctx, web, { ...asked(ctx), refused });
      return afterResend(ctx, { page: smsPath, tooSoon: refused === 'too-soon' });
    }
    const checked = await checkPostedCode(ctx, web, sessionOf(ctx));
    if ((await goOn(ctx, checked)) || 'token' in checked) return;
    await showCodePage(ctx, web, { ...asked(ctx), refused: checked.refused });
  });

  router.get(newsOf(smsPath), guard, async (ctx) => {
    const sent = await signInCodeOf(web, sessionOf(ctx).personId);
    if (!sent) return seeOther(ctx, smsPath);
    const delivery = await deliveryOf(web, sent, ctx.state.locale);
    answerDelivery(ctx, { delivery, page: smsPath });
  });
}
