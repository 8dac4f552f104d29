/**
 * The style sheet and scripts: read and compressed at start, and served under a name with their hash, so that they can
 * be cached for ever. Pages are never compressed: they contain form tokens beside text that others choose, and the
 * length of a compressed page would reveal them (BREACH).
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Middleware } from 'koa';

const YEAR_S = 365 * 24 * 3600;
/** Smallest first; `identity` is the uncompressed file. */
const ENCODINGS = ['br', 'gzip', 'identity'] as const;

type Asset = { url: string; type: string; bodies: Record<(typeof ENCODINGS)[number], Buffer> };

function asset(name: string, file: string | URL): Asset {
  const body = readFileSync(file);
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 12);
  const [stem, ending] = name.split('.');
  return {
    url: `/assets/${stem}-${hash}.${ending}`,
    type: ending === 'css' ? 'text/css' : 'text/javascript',
    bodies: { br: brotliCompressSync(body), gzip: gzipSync(body, { level: 9 }), identity: body },
  };
}

const own = (name: string) => asset(name, new URL(`public/${name}`, import.meta.url));

export const STYLE = own('style.css');
export const PAGE_SCRIPT = own('page.js');
export const SESSION_SCRIPT = own('session.js');
export const HTMX = asset('htmx.js', createRequire(import.meta.url).resolve('htmx.org/dist/htmx.min.js'));

const BY_URL = new Map([STYLE, PAGE_SCRIPT, SESSION_SCRIPT, HTMX].map((one) => [one.url, one]));

export const serveAssets: Middleware = async (ctx, next) => {
  const found = BY_URL.get(ctx.path);
  if (!found || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
  // Asked one by one, because the order in Accept-Encoding has no meaning.
  const encoding = ENCODINGS.find((one) => ctx.acceptsEncodings(one)) ?? 'identity';
  ctx.type = `${found.type}; charset=utf-8`;
  ctx.set('Cache-Control', `public, max-age=${YEAR_S}, immutable`);
  ctx.vary('Accept-Encoding');
  if (encoding !== 'identity') ctx.set('Content-Encoding', encoding);
  ctx.body = found.bodies[encoding];
};
