/** Where to report a weakness (RFC 9116), when SECURITY_CONTACT says it. */
import Router from '@koa/router';
import type { State, Web } from './context.ts';

const PATH = '/.well-known/security.txt';
/** The RFC recommends less than a year; whoever reads it later asks again. */
const COUNTS_MS = 180 * 24 * 60 * 60 * 1000;

export function securityTxt({ config }: Web): Router<State> {
  const router = new Router<State>();
  const contact = config.SECURITY_CONTACT;
  if (contact)
    router.get(PATH, (ctx) => {
      ctx.type = 'text/plain; charset=utf-8';
      ctx.body = [
        `Contact: ${contact}`,
        `Expires: ${new Date(Date.now() + COUNTS_MS).toISOString()}`,
        'Preferred-Languages: nl, en',
        `Canonical: ${new URL(PATH, config.PUBLIC_URL).href}`,
        '',
      ].join('\n');
    });
  return router;
}
