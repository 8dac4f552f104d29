/** The client's address: the one place that decides it. */
import { isIP } from 'node:net';
import type { Ctx } from '../context.ts';

/** Parses an address as proxies write it: `203.0.113.9:20001`, `[2001:db8::9]:443`, in quotes, with a zone. */
function addressIn(written: string): string | undefined {
  const text = written.replace(/["\s]/g, '');
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  return isIP(bare) ? bare : undefined;
}

/**
 * The client's address. With a proxy (TRUST_PROXY), the last one in X-Forwarded-For is the proxy's word; those before
 * it are whatever the client wrote. If it is not an address, the proxy's own is used.
 */
export function clientAddress(ctx: Pick<Ctx, 'app' | 'get' | 'req'>): string {
  const said = ctx.app.proxy ? addressIn(ctx.get('X-Forwarded-For').split(',').at(-1) ?? '') : undefined;
  return said ?? ctx.req.socket.remoteAddress ?? '';
}
