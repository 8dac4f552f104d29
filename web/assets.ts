/** The style sheet and the scripts: read at start, served under a name with their hash, so they can be cached for ever. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Middleware } from 'koa';

const YEAR_S = 365 * 24 * 3600;

type Asset = { url: string; type: string; body: Buffer };

function asset(name: string, file: string | URL): Asset {
  const body = readFileSync(file);
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  const [stem, ending] = name.split('.');
  return {
    url: `/assets/${stem}-${hash}.${ending}`,
    type: ending === 'css' ? 'text/css' : 'text/javascript',
    body,
  };
}

const own = (name: string) => asset(name, new URL(`public/${name}`, import.meta.url));

export const STYLE = own('style.css');
export const PAGE_SCRIPT = own('page.js');
export const HTMX = asset('htmx.js', createRequire(import.meta.url).resolve('htmx.org/dist/htmx.min.js'));

const BY_URL = new Map([STYLE, PAGE_SCRIPT, HTMX].map((one) => [one.url, one]));

export const serveAssets: Middleware = async (ctx, next) => {
  const found = BY_URL.get(ctx.path);
  if (!found || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
  ctx.type = `${found.type}; charset=utf-8`;
  ctx.set('Cache-Control', `public, max-age=${YEAR_S}, immutable`);
  ctx.body = found.body;
};
