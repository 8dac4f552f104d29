/** Where to report a weakness (RFC 9116), when SECURITY_CONTACT says it. */
import type { Handler } from './route.ts';

const PATH = '/.well-known/security.txt';
/** The RFC recommends less than a year; whoever reads it later asks again. */
const COUNTS_MS = 180 * 24 * 60 * 60 * 1000;

/** A page that does not exist while there is nobody to tell. */
export const showSecurityTxt: Handler = (ctx, { config }, next) => {
  const contact = config.SECURITY_CONTACT;
  if (!contact) return next();
  ctx.type = 'text/plain; charset=utf-8';
  ctx.body = [
    `Contact: ${contact}`,
    `Expires: ${new Date(Date.now() + COUNTS_MS).toISOString()}`,
    'Preferred-Languages: nl, en',
    `Canonical: ${new URL(PATH, config.PUBLIC_URL).href}`,
    '',
  ].join('\n');
};
