/** What every call of the senders' API goes through. JSON in and out. */
import { clientOfKey } from '../../db/clients.ts';
import { fromGuard } from '../context.ts';
import { isSaidToBeUtf8, jsonIn, takeBody, textOfBody } from '../middleware/body.ts';
import { auditUnproven, countAttempt } from '../middleware/limits.ts';
import type { Guard } from '../route.ts';
import { problem } from './problem.ts';

/** Fits a message of 100,000 characters of four bytes each. */
const BODY_LIMIT = '512kb';
const METHODS_WITH_BODY = ['POST', 'PUT', 'PATCH'];

/** The scheme's name is case-insensitive, and several spaces may follow (RFC 9110, 11.4). */
const AUTHORIZATION = /^Bearer +(\S+) *$/i;

export const requireKey: Guard = async (ctx, web, next) => {
  const key = AUTHORIZATION.exec(ctx.get('Authorization'))?.[1];
  const client = key && (await clientOfKey(web.db, key));
  if (!client) {
    if (key) await auditUnproven(ctx, web, 'key.refused');
    ctx.set('WWW-Authenticate', key ? 'Bearer error="invalid_token"' : 'Bearer');
    return problem(ctx, 'key-not-valid');
  }
  ctx.state.client = client;
  await next();
};

/** Tells how many calls are left (draft-ietf-httpapi-ratelimit-headers-10). */
export const limitCalls: Guard = async (ctx, web, next) => {
  const limit = web.config.LIMIT_API_CALLS_PER_MINUTE;
  const clientId = fromGuard(ctx, 'client').id;
  const counted = await countAttempt(web, 'api', clientId, { clientId });
  ctx.set('RateLimit-Policy', `"calls";q=${limit};w=60`);
  if (counted.allowed) {
    ctx.set('RateLimit', `"calls";r=${limit - counted.attempts}`);
    return next();
  }
  ctx.set('RateLimit', `"calls";r=0;t=${counted.waitS}`);
  ctx.set('Retry-After', String(counted.waitS));
  const detail = `Try again in ${counted.waitS} seconds, with the same Idempotency-Key.`;
  problem(ctx, 'too-many-calls', { detail });
};

/** Refuses a body that is not declared as JSON in UTF-8, before reading anything. */
export const readJson: Guard = async (ctx, _web, next) => {
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
