/** Bodies that programs send: read to the letter, never guessed at. */
import { bodyParser } from '@koa/bodyparser';
import type Koa from 'koa';

/** Each byte as one character, so that nothing is lost before it is known to be UTF-8. */
const BYTE_BY_BYTE = 'binary';

function fail(error: Error): never {
  // What cannot be unpacked is the sender's mistake, and zlib does not say so.
  const packedWrongly = 'code' in error && String(error.code).startsWith('Z_');
  throw packedWrongly ? Object.assign(error, { status: 400 }) : error;
}

/** Takes in a body of at most `limit`, also a packed one (Content-Encoding), when it is announced as `type`. */
export const takeBody = (type: string, limit: string): Koa.Middleware =>
  bodyParser({
    enableTypes: ['text'],
    extendTypes: { text: [type] },
    textLimit: limit,
    encoding: BYTE_BY_BYTE,
    onError: fail,
  });

/** Whether the charset of the body is the one that is read here: UTF-8, also when nothing is said. */
export const isSaidToBeUtf8 = (ctx: Koa.Context): boolean =>
  ['', 'utf-8', 'utf8'].includes(ctx.request.charset.toLowerCase());

/** The body that `takeBody` took, a byte order mark included; undefined when its bytes are not UTF-8. */
export function textOfBody(ctx: Koa.Context): string | undefined {
  const bytes = Buffer.from(ctx.request.rawBody ?? '', BYTE_BY_BYTE);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Some programs put a byte order mark before JSON; RFC 8259, 8.1, lets a reader pass over it. */
const ORDER_MARK = /^\uFEFF/;

/** Undefined when the text is no JSON. */
export function jsonIn(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text.replace(ORDER_MARK, '')) };
  } catch {
    return undefined;
  }
}
