/**
 * The web application, built from its dependencies. What every request goes through is here, in order; what single
 * routes add is in routes.ts.
 */
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import Koa from 'koa';
import helmet from 'koa-helmet';
import { databaseFailure } from '../db/databaseFailure.ts';
import { causesOf, framesOf } from '../domain/causes.ts';
import { Overloaded } from './account/hashing.ts';
import { isForPrograms, noSuchCall } from './api/noSuchCall.ts';
import { problemOfStatus } from './api/problem.ts';
import type { Ctx, State, Web } from './context.ts';
import { countRefusal } from './metrics.ts';
import { formToken } from './middleware/formToken.ts';
import { createHangUps, type HangUps } from './middleware/hangUps.ts';
import { inFlight, TooManyAtOnce } from './middleware/inFlight.ts';
import { keepsCookies } from './middleware/keepsCookies.ts';
import { locale } from './middleware/locale.ts';
import { requestLog } from './middleware/requestLog.ts';
import { session } from './middleware/session.ts';
import { sessionEnd } from './middleware/sessionEnd.ts';
import { addRoutes, type Route } from './route.ts';
import { CALLS, PAGES, WATCHING } from './routes.ts';
import { serveAssets } from './ui/assets.ts';
import { type Notice, showNotice } from './ui/notices.ts';

/** None of our pages posts more. */
const FORM_LIMIT = '32kb';
const RETRY_AFTER_S = 3;

export function createApp(web: Web): Koa<State> {
  const hangUps = createHangUps(web.log);
  const app = new Koa<State>({ proxy: web.config.TRUST_PROXY });
  app.use(requestLog(web));
  app.use(lastAnswers(web));
  app.use(securityHeaders(web));
  app.use(openToStrangers);
  app.use(serveAssets);
  app.use(notCached);
  app.use(helpContact(web));
  app.use(locale(web));
  app.use(errors(web, hangUps));
  app.use(routed(WATCHING, web));
  app.use(inFlight(web));
  app.use(routed(CALLS, web));
  app.use(noSuchCall);
  app.use(sameOrigin(web));
  app.use(bodyParser({ enableTypes: ['form'], formLimit: FORM_LIMIT }));
  app.use(keepsCookies);
  app.use(session(web));
  app.use(formToken(web));
  app.use(sessionEnd(web));
  app.use(routed(PAGES, web));
  app.use((ctx) => showNotice(ctx, 'notFound'));
  app.on('error', (error) => {
    if (!hangUps.wasWhileAnswered(error))
      web.log.error({ reason: causesOf(error) }, 'an answer could not be sent');
  });
  return app;
}

/** The routes of one part of the table, in order. */
function routed(routes: readonly Route[], web: Web) {
  const router = new Router<State>();
  addRoutes(router, routes, web);
  return router.routes();
}

/** While stopping, each answer closes its connection; otherwise clients would reuse it until it is cut off. */
function lastAnswers({ stopping }: Web): Koa.Middleware {
  return async (ctx, next) => {
    await next();
    if (stopping()) ctx.set('Connection', 'close');
  };
}

function helpContact({ config }: Web): Koa.Middleware<State> {
  return (ctx, next) => {
    ctx.state.helpContact = config.HELP_CONTACT;
    return next();
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
    // Not no-referrer, which makes forms send "Origin: null".
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: https ? { maxAge: 63_072_000, includeSubDomains: true } : false,
    xFrameOptions: { action: 'deny' },
  });
}

/** Browser features that none of our pages uses. */
const UNUSED = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
].concat(
  ['geolocation', 'gyroscope', 'magnetometer', 'microphone', 'midi', 'payment', 'picture-in-picture'],
  ['screen-wake-lock', 'usb', 'xr-spatial-tracking'],
);
const PERMISSIONS = UNUSED.map((feature) => `${feature}=()`).join(', ');

/** Pages that nobody reaches from another site. */
const INNER = /^\/(onboarding|reset\/(password|factor|prove))(\/|$)/;

/**
 * Some mail programs open links in a restricted window. Pages that ask for a separate window (COOP), or whose style
 * only loads from their own origin (CORP), do not open there, so only inner pages do.
 */
const openToStrangers: Koa.Middleware = async (ctx, next) => {
  ctx.set('Permissions-Policy', PERMISSIONS);
  if (!INNER.test(ctx.path)) ctx.set('Cross-Origin-Opener-Policy', 'unsafe-none');
  if (ctx.path.startsWith('/assets/')) ctx.set('Cross-Origin-Resource-Policy', 'cross-origin');
  await next();
};

const NOTICES: Record<number, Notice> = { 404: 'notFound', 413: 'tooLarge', 429: 'overloaded' };

/** The one place that turns exceptions into answers; details are never shown. */
function errors(web: Web, hangUps: HangUps): Koa.Middleware<State> {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      hangUps.wasWhileReading(error);
      web.health.heed(error);
      if (error instanceof TooManyAtOnce) countRefusal(web.metrics, 'at-once');
      if (error instanceof Overloaded) countRefusal(web.metrics, 'hashing');
      const busy = isBusy(error);
      const status = statusOf(error);
      if (status >= 500 && !busy)
        web.log.error(
          { requestId: ctx.state.requestId, reason: causesOf(error), stack: framesOf(error) },
          'request failed',
        );
      if (status === 503 || status === 429) ctx.set('Retry-After', String(RETRY_AFTER_S));
      if (isForPrograms(ctx.path)) return problemOfStatus(ctx, status);
      showNotice(ctx as Ctx, busy ? 'overloaded' : (NOTICES[status] ?? 'broken'));
      ctx.status = status;
    }
  };
}

/** Passes within seconds by itself, so nobody has to investigate. */
const isBusy = (error: unknown): boolean =>
  error instanceof Overloaded || databaseFailure(error)?.kind === 'busy';

/** Only errors that say so themselves are the client's fault. */
function statusOf(error: unknown): number {
  if (error instanceof Overloaded || databaseFailure(error)) return 503;
  const given = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  return given >= 400 && given < 600 ? given : 500;
}

const notCached: Koa.Middleware = async (ctx, next) => {
  ctx.set('Cache-Control', 'no-store');
  await next();
};

/** Refuses posts from other websites (ASVS 3.5.1). Browsers say where a post comes from. */
function sameOrigin(web: Web): Koa.Middleware<State> {
  return async (ctx, next) => {
    if (ctx.method === 'GET' || ctx.method === 'HEAD') return next();
    const site = ctx.get('Sec-Fetch-Site');
    const origin = ctx.get('Origin');
    const ours = [web.config.PUBLIC_URL.origin, `${ctx.protocol}://${ctx.host}`];
    const foreign = site ? !['same-origin', 'none'].includes(site) : origin !== '' && !ours.includes(origin);
    if (foreign) return showNotice(ctx, 'forbidden');
    await next();
  };
}
