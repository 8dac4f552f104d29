/** The senders' API. JSON in and out. */
import Router from '@koa/router';
import type Koa from 'koa';
import { clientOfKey } from '../../db/clients.ts';
import type { Web } from '../context.ts';
import { isSaidToBeUtf8, jsonIn, takeBody, textOfBody } from '../middleware/body.ts';
import { messageCalls } from './messages.ts';
import { openApi } from './openapi.ts';
import { type ApiState, problem } from './problem.ts';
import { recipientCalls } from './recipients.ts';

/** A body of 100,000 characters of four bytes each fits. */
const BODY_LIMIT = '512kb';
const METHODS_WITH_BODY = ['POST', 'PUT', 'PATCH'];

/** The name of the scheme in any case, and spaces after it (RFC 9110, 11.4). */
const AUTHORIZATION = /^Bearer +(\S+) *$/i;

function authenticate({ db }: Web): Koa.Middleware<ApiState> {
  return async (ctx, next) => {
    const key = AUTHORIZATION.exec(ctx.get('Authorization'))?.[1];
    const client = key && (await clientOfKey(db, key));
    if (!client) {
      ctx.set('WWW-Authenticate', key ? 'Bearer error="invalid_token"' : 'Bearer');
      return problem(ctx, 'key-not-valid');
    }
    ctx.state.client = client;
    await next();
  };
}

/** Says how many calls are left (draft-ietf-httpapi-ratelimit-headers-10). */
function limitCalls({ attempts, config }: Web): Koa.Middleware<ApiState> {
  const limit = config.LIMIT_API_CALLS_PER_MINUTE;
  return async (ctx, next) => {
    const counted = await attempts.count('api', ctx.state.client.id);
    ctx.set('RateLimit-Policy', `"calls";q=${limit};w=60`);
    if (counted.allowed) {
      ctx.set('RateLimit', `"calls";r=${limit - counted.tries}`);
      return next();
    }
    ctx.set('RateLimit', `"calls";r=0;t=${counted.waitS}`);
    ctx.set('Retry-After', String(counted.waitS));
    const detail = `Try again in ${counted.waitS} seconds, with the same Idempotency-Key.`;
    problem(ctx, 'too-many-calls', { detail });
  };
}

/** A body is JSON in UTF-8 and says so, or it is refused before anything is looked at. */
const readJson: Koa.Middleware<ApiState> = async (ctx, next) => {
  const hasBody = ctx.is() !== null && ctx.request.length !== 0;
  if (!METHODS_WITH_BODY.includes(ctx.method) || !hasBody) return next();
  if (!ctx.is('application/json') || !isSaidToBeUtf8(ctx)) {
    ctx.set('Accept', 'application/json');
    return problem(ctx, 'body-type-not-supported');
  }
  await takeBody('application/json', BODY_LIMIT)(ctx, async () => {
    const text = textOfBody(ctx);
    if (text === undefined) return problem(ctx, 'body-not-utf-8');
    const json = jsonIn(text);
    if (!json) return problem(ctx, 'body-not-json');
    ctx.request.body = json.value;
    await next();
  });
};

export function api(web: Web): Router<ApiState> {
  const router = new Router<ApiState>({ prefix: '/api/v1' });
  const document = openApi(web.config.PUBLIC_URL);

  router.get('/openapi.json', (ctx) => {
    ctx.body = document;
  });

  router.use(authenticate(web), limitCalls(web), readJson);
  messageCalls(router, web);
  recipientCalls(router, web);
  return router;
}
