/** The senders' API. JSON in and out. */
import { bodyParser } from '@koa/bodyparser';
import Router from '@koa/router';
import type Koa from 'koa';
import { clientOfKey } from '../../db/clients.ts';
import type { Web } from '../context.ts';
import { messageCalls } from './messages.ts';
import { openApi } from './openapi.ts';
import { type ApiState, problem } from './problem.ts';
import { recipientCalls } from './recipients.ts';

/** A body of 100,000 characters of four bytes each fits. */
const BODY_LIMIT = '512kb';

function authenticate({ db, attempts }: Web): Koa.Middleware<ApiState> {
  return async (ctx, next) => {
    const key = /^Bearer (\S+)$/.exec(ctx.get('Authorization'))?.[1];
    const client = key && (await clientOfKey(db, key));
    if (!client) {
      ctx.set('WWW-Authenticate', 'Bearer');
      return problem(ctx, {
        status: 401,
        title: 'No key that works',
        detail: 'Send "Authorization: Bearer <key>".',
      });
    }
    const counted = await attempts.count('api', client.id);
    if (!counted.allowed) {
      ctx.set('Retry-After', String(counted.waitS));
      const detail = `Try again in ${counted.waitS} seconds, with the same Idempotency-Key.`;
      return problem(ctx, { status: 429, title: 'Too many calls', detail });
    }
    ctx.state.client = client;
    await next();
  };
}

const json = bodyParser({
  enableTypes: ['json'],
  jsonLimit: BODY_LIMIT,
  onError: (error, ctx) => {
    const tooLarge = 'type' in error && error.type === 'entity.too.large';
    ctx.throw(tooLarge ? 413 : 400, tooLarge ? 'The message is too large' : 'The body is not JSON');
  },
});

export function api(web: Web): Router<ApiState> {
  const router = new Router<ApiState>({ prefix: '/api/v1' });
  const document = openApi(web.config.PUBLIC_URL);

  router.get('/openapi.json', (ctx) => {
    ctx.body = document;
  });

  router.use(authenticate(web), json);
  messageCalls(router, web);
  recipientCalls(router, web);
  return router;
}
