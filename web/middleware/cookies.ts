/**
 * All our cookies, of one kind. The prefix makes browsers refuse them from other hosts and without Secure; on http,
 * loopback counts as secure. Secure is ours to say, whatever the connection is: TLS ends at a proxy.
 */
import type { Ctx } from '../context.ts';

const full = (name: string) => `__Host-${name}`;

export const readCookie = (ctx: Ctx, name: string): string | undefined => ctx.cookies.get(full(name));

/** `value` null: it is deleted. `maxAge`: milliseconds; until the browser is closed when not given. */
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
