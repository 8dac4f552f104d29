/** Where to report a vulnerability (RFC 9116), if SECURITY_CONTACT is set. */
import type { Handler } from './route.ts';

const PATH = '/.well-known/security.txt';
/** The RFC recommends less than a year. */
const COUNTS_MS = 180 * 24 * 60 * 60 * 1000;

/** Not found when no contact is set. */
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
