/** Bodies that programs send, read strictly and without guessing. */
import { bodyParser } from '@koa/bodyparser';
import type Koa from 'koa';

/** One character per byte, so that nothing is lost before it is checked to be UTF-8. */
const BYTE_BY_BYTE = 'binary';

function fail(error: Error): never {
  // A body that cannot be decompressed is the client's fault, but zlib's error does not say so.
  const packedWrongly = 'code' in error && String(error.code).startsWith('Z_');
  throw packedWrongly ? Object.assign(error, { status: 400 }) : error;
}

/** Accepts a body of at most `limit`, possibly compressed (Content-Encoding), when declared as `type`. */
export const takeBody = (type: string, limit: string): Koa.Middleware =>
  bodyParser({
    enableTypes: ['text'],
    extendTypes: { text: [type] },
    textLimit: limit,
    encoding: BYTE_BY_BYTE,
    onError: fail,
  });

/** Whether the body is declared as UTF-8, or nothing is declared. */
export const isSaidToBeUtf8 = (ctx: Koa.Context): boolean =>
  ['', 'utf-8', 'utf8'].includes(ctx.request.charset.toLowerCase());

/** The body that `takeBody` read, including a byte order mark; undefined when it is not UTF-8. */
export function textOfBody(ctx: Koa.Context): string | undefined {
  const bytes = Buffer.from(ctx.request.rawBody ?? '', BYTE_BY_BYTE);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Some programs put a byte order mark before JSON; RFC 8259, 8.1, lets a reader ignore it. */
const ORDER_MARK = /^\uFEFF/;

/** Undefined when the text is not JSON. */
export function jsonIn(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text.replace(ORDER_MARK, '')) };
  } catch {
    return undefined;
  }
}
