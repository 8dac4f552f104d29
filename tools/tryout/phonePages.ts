/** The phone in the browser: its SMS and its authenticator app at `/phone`, and `/phone.json` for programs. */
import type Router from '@koa/router';
import { type Html, html } from '../../web/ui/html.ts';
import { type Authenticator, type Key, secondsLeft, tokenOf } from './authenticator.ts';
import { clock, page } from './page.ts';
import { type Phone, SMS_FAILURES, type Sms } from './phone.ts';

export function phonePages(
  router: Router,
  { phone, authenticator, timeZone }: { phone: Phone; authenticator: Authenticator; timeZone?: string },
): void {
  const show = (problem?: Html, typed = '') =>
    page(
      { title: 'Phone', place: '/phone', watch: { address: '/phone/version', version: phone.version() } },
      html`<h1>Phone</h1>
<p class="lead">The phone of everybody who is invited: every SMS arrives here, and it has an authenticator app.</p>
<div class="columns">
<section aria-labelledby="sms"><h2 id="sms">SMS</h2>${smsList(phone.messages(), timeZone)}</section>
<section aria-labelledby="app"><h2 id="app">Authenticator app</h2>${keys(authenticator.keys())}${addKey(problem, typed)}</section>
</div>
<details><summary>Try out problems with SMS</summary>
<ul>${SMS_FAILURES.map(({ ending, does }) => html`<li>A number ending in <code>${ending}</code>, such as 06 1234 ${ending}, ${does}.</li>`)}</ul>
</details>`,
    );

  router.get('/phone', (ctx) => {
    // A link with ?key= fills in the form; adding takes a click, because a GET changes nothing.
    ctx.body = show(undefined, String(ctx.query.key ?? ''));
  });

  router.get('/phone/version', (ctx) => {
    ctx.body = phone.version();
  });

  router.get('/phone.json', (ctx) => {
    ctx.body = {
      messages: phone.messages(),
      authenticator: authenticator
        .keys()
        .map(({ id, label, secret }) => ({ id, label, token: tokenOf(secret) })),
      secondsLeft: secondsLeft(),
    };
  });

  router.post('/phone/authenticator', (ctx) => {
    const { key = '' } = ctx.request.body as { key?: string };
    if (!authenticator.add(key)) {
      ctx.status = 422;
      ctx.body = show(
        html`<p class="problem" role="alert">That is not a key. Copy the whole secret key, or the otpauth:// link.</p>`,
        key,
      );
      return;
    }
    ctx.redirect('/phone#app');
    ctx.status = 303;
  });

  router.post('/phone/authenticator/:id/remove', (ctx) => {
    authenticator.remove(String(ctx.params.id));
    ctx.redirect('/phone#app');
    ctx.status = 303;
  });
}

function smsList(messages: Sms[], timeZone: string | undefined): Html {
  const numbers = [...new Set(messages.map(({ to }) => to))];
  if (numbers.length === 0)
    return html`<p class="empty">No SMS yet. Enter any Dutch mobile number, such as 06 12345678; the SMS arrives here.</p>`;
  return html`${numbers.map(
    (number) => html`<h3>${number}</h3>
<ol class="sms">${messages
      .filter(({ to }) => to === number)
      .map(
        (sms) =>
          html`<li><p>${marked(sms.body)}</p><p class="faint">${clock(new Date(sms.at), timeZone)} · ${sms.status}</p></li>`,
      )}</ol>`,
  )}`;
}

/** The code is what people look for; one click selects it. */
const marked = (body: string) =>
  body
    .split(/^(\d{6})(?=\s)/)
    .map((piece) => (/^\d{6}$/.test(piece) ? html`<strong class="code">${piece}</strong>` : piece));

function keys(all: Key[]): Html | false {
  const left = secondsLeft();
  return (
    all.length > 0 &&
    html`<ul class="keys">${all.map(
      ({ id, label, secret }) => html`<li>
<p>${label}</p>
<p class="token"><output data-token="${id}" aria-live="off">${tokenOf(secret).replace(/(...)/, '$1 ')}</output></p>
<p class="faint">valid for another <span data-seconds-left>${left}</span> s</p>
<form method="post" action="/phone/authenticator/${id}/remove"><button class="quiet">Remove<span class="hidden"> ${label}</span></button></form>
</li>`,
    )}</ul>`
  );
}

const addKey = (problem: Html | undefined, typed: string) => html`
<form method="post" action="/phone/authenticator">
${problem}
<label for="key">Secret key, or otpauth:// link</label>
<p class="faint" id="key-hint">Step 4 of the onboarding shows it. Add it here, and enter the six digits there.</p>
<input id="key" name="key" value="${typed}" autocomplete="off" spellcheck="false" autocapitalize="none" aria-describedby="key-hint"${problem && html` aria-invalid="true"`} required>
<button>Add the key</button>
</form>`;
