/**
 * Attributes of all our cookies. Because of the prefix, browsers refuse them from other hosts and without Secure; on
 * http, loopback counts as secure. We set Secure whatever the connection is, because TLS may end at a proxy.
 */
import type { Ctx } from '../context.ts';

const full = (name: string) => `__Host-${name}`;

export const readCookie = (ctx: Ctx, name: string): string | undefined => ctx.cookies.get(full(name));

/** `value` null deletes it. `maxAge`: milliseconds; without it, until the browser closes. */
export function setCookie(ctx: Ctx, name: string, value: string | null, maxAge?: number): void {
  ctx.cookies.secure = true;
  ctx.cookies.set(full(name), value, {
    httpOnly: true,
    sameSite: 'lax',
    secure: true,
    path: '/',
    ...(maxAge === undefined ? {} : { maxAge }),
    overwrite: true,
  });
}
