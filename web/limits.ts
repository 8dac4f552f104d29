/** What strangers can use up: counted in PostgreSQL for each network address or client, each a named setting. */
import type Koa from 'koa';
import type { Config } from '../config.ts';
import type { Counter, CounterLimits } from '../db/attempts.ts';
import type { Ctx, State, Web } from './context.ts';
import { showNotice } from './notices.ts';

const QUARTER_S = 15 * 60;
const MINUTE_S = 60;

export const counterLimits = (config: Config): CounterLimits => ({
  'temporary-password': { tries: config.LIMIT_PASSWORD_TRIES, windowS: QUARTER_S },
  password: { tries: config.LIMIT_PASSWORD_TRIES, windowS: QUARTER_S },
  'sign-in': { tries: config.LIMIT_PASSWORD_TRIES, windowS: QUARTER_S },
  token: { tries: config.LIMIT_TOKEN_TRIES, windowS: QUARTER_S },
  'sign-in-network': { tries: config.LIMIT_SIGN_INS_PER_NETWORK, windowS: QUARTER_S },
  'forgotten-network': { tries: config.LIMIT_FORGOTTEN_PER_NETWORK, windowS: QUARTER_S },
  'link-network': { tries: config.LIMIT_UNKNOWN_LINKS_PER_NETWORK, windowS: QUARTER_S },
  api: { tries: config.LIMIT_API_CALLS_PER_MINUTE, windowS: MINUTE_S },
});

type NetworkCounter = Extract<Counter, `${string}-network`>;

/** Counts this request for its network address; false when it was answered here. Addresses are kept as a keyed hash. */
export async function withinLimit(ctx: Ctx, web: Web, counter: NetworkCounter): Promise<boolean> {
  const counted = await web.attempts.count(counter, web.db.secrets.networkIndex(ctx.ip));
  if (counted.allowed) return true;
  ctx.set('Retry-After', String(counted.waitS));
  showNotice(ctx, web, 'tooMany');
  return false;
}

/** The same as a step of a route. */
export function limited(web: Web, counter: NetworkCounter): Koa.Middleware<State> {
  return async (ctx, next) => {
    if (await withinLimit(ctx, web, counter)) await next();
  };
}
