/** The frame of every page: organisation, step, language, help, footer. */
import type { Locale } from '../../domain/locale.ts';
import { placeOf, STEPS, type Step } from '../../domain/steps.ts';
import type { Ctx } from '../context.ts';
import { HTMX, PAGE_SCRIPT, SESSION_SCRIPT, STYLE } from './assets.ts';
import { type Html, html, render } from './html.ts';
import { icon } from './icons.ts';
import { sessionDialog } from './sessionDialog.ts';
import { WORDS } from './words.ts';

export type Page = {
  title: string;
  body: Html;
  /** Shown as "Step 2 of 5". */
  step?: Step;
  /** Offers "I can't do this": on every page of the onboarding. */
  onboarding?: boolean;
  /** A page behind sign-in: it shows the account and a way to sign out. */
  signedIn?: boolean;
  /** The form was rejected: the title says so, because screen readers start there. */
  rejected?: boolean;
  /** Seconds until the page reloads itself; only without JavaScript, where nothing else can bring news. */
  loadAgainAfterS?: number;
};

function languageSwitch(ctx: Ctx): Html {
  const option = (locale: Locale, name: string) =>
    html`<button name="locale" value="${locale}" lang="${locale}"${ctx.state.locale === locale && html` aria-current="true"`}>${name}</button>`;
  return html`<form class="language" method="post" action="/language" hx-disable="findAll button" aria-label="${WORDS[ctx.state.locale].language}">
<input type="hidden" name="back" value="${ctx.path}">
${option('nl', 'Nederlands')}${option('en', 'English')}
</form>`;
}

/** Whose page it is: the organisation's and, behind sign-in, the person's. */
function whose(ctx: Ctx, { signedIn }: Page): Html {
  const organisation = html`<p class="organisation">${ctx.state.organisation ?? 'Instap'}</p>`;
  const { account, locale } = ctx.state;
  if (!signedIn || !account) return organisation;
  return html`<div class="whose">${organisation}
<p class="account">${icon('person')}<span><span class="visually-hidden">${WORDS[locale].signedInAs} </span>${account.name}</span></p></div>`;
}

const signOut = (ctx: Ctx): Html =>
  html`<form class="sign-out" method="post" action="/sign-out" hx-disable="findAll button"><button class="quiet">${WORDS[ctx.state.locale].signOut}</button></form>`;

/** The person's position. Bars and names repeat the text for sighted users. */
function progress(ctx: Ctx, step: Step): Html {
  const words = WORDS[ctx.state.locale];
  const at = placeOf(step);
  return html`<div class="progress"><p>${words.stepOf(at, STEPS.length)}<span class="at">: ${words.steps[step]}</span></p>
<ol aria-hidden="true">${STEPS.map(
    (one) =>
      html`<li${placeOf(one) <= at && html` class="${one === step ? 'reached now' : 'reached'}"`}>${words.steps[one]}</li>`,
  )}</ol></div>`;
}

/** Answers with a whole page: 422 when the form was rejected, otherwise 200 unless a status was already set. */
export function showPage(ctx: Ctx, page: Page): void {
  const { locale, organisation, helpContact } = ctx.state;
  const words = WORDS[locale];
  const { title, body, step, rejected } = page;
  const markup = html`<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
${page.loadAgainAfterS !== undefined && html`<noscript><meta http-equiv="refresh" content="${page.loadAgainAfterS}"></noscript>`}
<title>${rejected && `${words.error}: `}${title}${step && ` (${words.stepOf(placeOf(step), STEPS.length)})`} – ${organisation ?? 'Instap'}</title>
<link rel="stylesheet" href="${STYLE.url}">
<link rel="icon" href="data:,">
<script src="${HTMX.url}" defer></script>
<script src="${PAGE_SCRIPT.url}" defer></script>
<script src="${SESSION_SCRIPT.url}" defer></script>
</head>
<body lang="${locale}" hx-boost:inherited="true" hx-swap:inherited="outerSync" hx-status:5xx:inherited="swap:none push:false" data-copied="${words.copied}" data-selected="${words.selected}" data-slow="${words.slow}" data-lost="${words.lost}" data-broken="${words.broken}">
<a class="skip" href="#main">${words.toContent}</a>
<header>
${whose(ctx, page)}
${languageSwitch(ctx)}
${page.signedIn && signOut(ctx)}
</header>
<main id="main" tabindex="-1">
<p role="status" class="connection" id="connection"></p>
${step && progress(ctx, step)}
${body}
</main>
<footer>
<p><strong>${words.help}</strong> ${helpContact || words.helpDefault}${page.onboarding && html` <a href="/onboarding/help">${words.cannot}</a>`}</p>
<p>${words.footer}</p>
</footer>
<p role="status" class="visually-hidden" id="said"></p>
${sessionDialog(ctx)}
</body>
</html>`;
  if (rejected) ctx.status = 422;
  ctx.type = 'text/html; charset=utf-8';
  ctx.body = render(markup);
}
