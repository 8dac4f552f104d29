/** The web application, from what it stands on. The middleware is the policy, in reading order. */
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import Koa from 'koa';
import helmet from 'koa-helmet';
import { isDatabaseAway } from '../db/connect.ts';
import { api } from './api/api.ts';
import { isForPrograms, noSuchCall } from './api/noSuchCall.ts';
import { problemOfStatus } from './api/problem.ts';
import { serveAssets } from './assets.ts';
import { type Ctx, type State, seeOther, type Web } from './context.ts';
import { continuePages } from './continue.ts';
import { forgottenPages } from './forgotten.ts';
import { genuinePage } from './genuine.ts';
import { Overloaded } from './hashing.ts';
import { linkPages } from './link.ts';
import { locale, switchLanguage } from './locale.ts';
import { mailReceipts } from './mailReceipts.ts';
import { messagePages } from './messages.ts';
import { type Notice, showNotice } from './notices.ts';
import { receipts } from './receipts.ts';
import { requestLog } from './requestLog.ts';
import { resetPages } from './reset.ts';
import { session } from './session.ts';
import { sessionEnd, sessionPages } from './sessionEnd.ts';
import { signInPages } from './signIn.ts';
import { app as appStep } from './steps/app.ts';
import { finished } from './steps/finished.ts';
import { help } from './steps/help.ts';
import { password } from './steps/password.ts';
import { profile } from './steps/profile.ts';
import { sms } from './steps/sms.ts';
import { smsCode } from './steps/smsCode.ts';
import { terms } from './steps/terms.ts';

/** No page of ours posts more. */
const FORM_LIMIT = '32kb';
const RETRY_AFTER_S = 3;

export function createApp(web: Web): Koa<State> {
  // Of the addresses in X-Forwarded-For the last is our own proxy's; those before it are whatever the caller wrote.
  const app = new Koa<State>({ proxy: web.config.TRUST_PROXY, maxIpsCount: 1 });
  app.use(requestLog(web));
  app.use(lastAnswers(web));
  app.use(securityHeaders(web));
  app.use(serveAssets);
  app.use(notCached);
  app.use(errors(web));
  app.use(health(web).routes());
  app.use(api(web).routes());
  app.use(receipts(web).routes());
  app.use(mailReceipts(web).routes());
  app.use(noSuchCall);
  app.use(locale(web));
  app.use(sameOrigin(web));
  app.use(bodyParser({ enableTypes: ['form'], formLimit: FORM_LIMIT }));
  app.use(session(web));
  app.use(sessionEnd(web));
  app.use(pages(web).routes());
  app.use((ctx) => showNotice(ctx, web, 'notFound'));
  app.on('error', (error) => web.log.error({ error: String(error) }, 'an answer could not be sent'));
  return app;
}

function pages(web: Web): Router<State> {
  const router = new Router<State>();
  router.get('/', (ctx) => seeOther(ctx, ctx.state.found ? '/onboarding/continue' : '/sign-in'));
  router.post('/language', switchLanguage(web));
  sessionPages(router, web);
  linkPages(router, web);
  for (const step of [terms, password, sms, smsCode, appStep, profile, finished, help]) step(router, web);
  continuePages(router, web);
  signInPages(router, web);
  forgottenPages(router, web);
  resetPages(router, web);
  messagePages(router, web);
  genuinePage(router, web);
  return router;
}

/** Once it stops, each answer ends its connection: who keeps one would go on asking here, until all are cut off. */
function lastAnswers({ stopping }: Web): Koa.Middleware {
  return async (ctx, next) => {
    await next();
    if (stopping()) ctx.set('Connection', 'close');
  };
}

function securityHeaders({ config }: Web): Koa.Middleware {
  const self = ["'self'"];
  const https = config.PUBLIC_URL.protocol === 'https:';
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: self,
        styleSrc: self,
        connectSrc: self,
        imgSrc: ["'self'", 'data:'],
        formAction: self,
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // Not no-referrer: that makes forms send "Origin: null".
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: https ? { maxAge: 63_072_000, includeSubDomains: true } : false,
    xFrameOptions: { action: 'deny' },
  });
}

const NOTICES: Record<number, Notice> = { 404: 'notFound', 413: 'tooLarge' };

/** The one place that turns exceptions into answers; strangers read nothing of them. */
function errors(web: Web): Koa.Middleware<State> {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const overloaded = error instanceof Overloaded;
      const status = overloaded || isDatabaseAway(error) ? 503 : statusOf(error);
      if (status >= 500 && !overloaded)
        web.log.error(
          { error: String(error), stack: error instanceof Error ? error.stack : undefined },
          'request failed',
        );
      if (status === 503) ctx.set('Retry-After', String(RETRY_AFTER_S));
      if (isForPrograms(ctx.path)) return problemOfStatus(ctx, status);
      showNotice(ctx as Ctx, web, overloaded ? 'overloaded' : (NOTICES[status] ?? 'broken'));
      ctx.status = status;
    }
  };
}

/** Only errors that say so themselves are the asker's fault. */
function statusOf(error: unknown): number {
  const given = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  return given >= 400 && given < 600 ? given : 500;
}

/** `/healthz`: the process lives. `/readyz`: the database answers; says if the engine is away, without failing for it. */
function health({ db, engineAnswers }: Web): Router<State> {
  const router = new Router<State>();
  router.get('/healthz', (ctx) => {
    ctx.body = { ok: true };
  });
  router.get('/readyz', async (ctx) => {
    const database = await db.sql.raw('select 1').then(
      () => true,
      () => false,
    );
    ctx.status = database ? 200 : 503;
    ctx.body = { database, temporal: await engineAnswers() };
  });
  return router;
}

const notCached: Koa.Middleware = async (ctx, next) => {
  ctx.set('Cache-Control', 'no-store');
  await next();
};

/** A form of another website changes nothing here (ASVS 3.5.1). Browsers say where a post comes from. */
function sameOrigin(web: Web): Koa.Middleware<State> {
  return async (ctx, next) => {
    if (ctx.method === 'GET' || ctx.method === 'HEAD') return next();
    const site = ctx.get('Sec-Fetch-Site');
    const origin = ctx.get('Origin');
    const ours = [web.config.PUBLIC_URL.origin, `${ctx.protocol}://${ctx.host}`];
    const foreign = site ? !['same-origin', 'none'].includes(site) : origin !== '' && !ours.includes(origin);
    if (foreign) return showNotice(ctx, web, 'forbidden');
    await next();
  };
}
