/** The language of a page: the person's switch, then the sender's choice, then the browser's, then the default. */
import type Koa from 'koa';
import { setLocale } from '../../db/people.ts';
import type { Locale } from '../../domain/locale.ts';
import { type Ctx, field, type State, seeOther, type Web } from '../context.ts';
import type { Guard } from '../route.ts';
import { readCookie, setCookie } from './cookies.ts';

const COOKIE = 'locale';
const YEAR_MS = 365 * 24 * 3600 * 1000;

const isLocale = (text: string | undefined): text is Locale => text === 'nl' || text === 'en';

/** The language that the person switched to in this browser. */
function switched(ctx: Ctx): Locale | undefined {
  const chosen = readCookie(ctx, COOKIE);
  return isLocale(chosen) ? chosen : undefined;
}

export function locale({ config }: Web): Koa.Middleware<State> {
  return async (ctx, next) => {
    const accepted = ctx.acceptsLanguages('nl', 'en');
    ctx.state.locale = switched(ctx) ?? (accepted && isLocale(accepted) ? accepted : config.DEFAULT_LOCALE);
    await next();
  };
}

/** Uses the person's language from here on, unless it was switched in this browser. */
export function useLocale(ctx: Ctx, persons: Locale): void {
  ctx.state.locale = switched(ctx) ?? persons;
}

/** Shows a page in one language, unless it was switched in this browser. */
export const inLanguage =
  (locale: Locale): Guard =>
  (ctx, _web, next) => {
    useLocale(ctx, locale);
    return next();
  };

/** Mails and SMS follow the switch as well. */
export async function switchLanguage(ctx: Ctx, { db }: Web): Promise<void> {
  const chosen = field(ctx, 'locale');
  const back = field(ctx, 'back');
  if (isLocale(chosen)) {
    setCookie(ctx, COOKIE, chosen, YEAR_MS);
    const { found } = ctx.state;
    if (found && !found.replaced) await setLocale(db, found.session.personId, chosen);
  }
  // Only a local path: "//elsewhere.example" and "/\elsewhere" would leave this host (ASVS 3.7.2).
  seeOther(ctx, /^\/(?![/\\])[\w\-/.]*$/.test(back) ? back : '/');
}
