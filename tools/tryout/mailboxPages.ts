/** The mailbox in the browser: `/mailbox`, one mail, and `/mailbox.json` for programs. */
import type Router from '@koa/router';
import { type Html, html } from '../../web/ui/html.ts';
import { MAIL_FAILURES, type Mail, type Mailbox } from './mailbox.ts';
import { clock, page } from './page.ts';

/**
 * A mail is an untrusted page: no script, nothing is loaded, and only links work, opening in the whole window. With
 * the same origin our page can measure it, to make the frame as high as the mail; without allow-scripts the mail
 * cannot use that.
 */
const SANDBOX =
  'allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation';
const MAIL_POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; sandbox ${SANDBOX}`;

export function mailboxPages(
  router: Router,
  { mailbox, timeZone }: { mailbox: Mailbox; timeZone?: string },
): void {
  router.get('/mailbox', async (ctx) => {
    const to = ctx.query.to ? String(ctx.query.to) : undefined;
    const watch = { address: '/mailbox/version', version: mailbox.version() };
    ctx.body = page(
      { title: 'Mailbox', place: '/mailbox', watch },
      list(await mailbox.mails(), { to, timeZone }),
    );
  });

  router.get('/mailbox/version', (ctx) => {
    ctx.body = mailbox.version();
  });

  router.get('/mailbox.json', async (ctx) => {
    ctx.body = await mailbox.mails();
  });

  router.post('/mailbox/clear', (ctx) => {
    mailbox.clear();
    ctx.redirect('/mailbox');
    ctx.status = 303;
  });

  router.get('/mailbox/:id', async (ctx) => {
    const mail = await mailbox.mail(String(ctx.params.id));
    if (!mail) return;
    ctx.body = page(
      { title: mail.subject, place: '/mailbox' },
      one(mail, { wanted: String(ctx.query.part ?? ''), timeZone }),
    );
  });

  router.get('/mailbox/:id/html', async (ctx) => {
    const mail = await mailbox.mail(String(ctx.params.id));
    if (!mail?.html) return;
    ctx.set('Content-Security-Policy', MAIL_POLICY);
    ctx.type = 'html';
    ctx.body = `<!doctype html><base target="_top">${mail.html.replace(/^\s*<!doctype[^>]*>/i, '')}`;
  });
}

/** `to`: only mails to this person. */
const list = (all: Mail[], { to, timeZone }: { to?: string; timeZone?: string }) => html`
<h1>Mailbox</h1>
<p class="lead">Every mail that Instap sends arrives here, newest first. Nothing leaves this machine.</p>
${people(all, to)}
${all.length === 0 && html`<p class="empty">No mail yet. <a href="/">Send a message</a>, and the invitation appears here.</p>`}
<ol class="list">
${all
  .filter(({ recipients }) => to === undefined || recipients.includes(to))
  .map(
    (mail) => html`<li><a href="/mailbox/${mail.id}">
<strong${languageOf(mail)}>${mail.subject || '(no subject)'}</strong>
<span>to ${mail.recipients.join(', ')}</span>
<span class="faint">${clock(mail.receivedAt, timeZone)}</span></a></li>`,
  )}
</ol>
${all.length > 0 && html`<form method="post" action="/mailbox/clear"><button class="quiet">Empty the mailbox</button></form>`}
<details><summary>Try out problems with mail</summary>
<ul>${MAIL_FAILURES.map(({ ending, does }) => html`<li>Mail to an address ending in <code>${ending}</code> ${does}.</li>`)}</ul>
</details>`;

/** Links that filter by person, once there are mails of several people. */
function people(all: Mail[], to: string | undefined): Html | false {
  const addresses = [...new Set(all.flatMap(({ recipients }) => recipients))].sort();
  const link = (address: string | undefined, words: string) =>
    html`<a href="/mailbox${address !== undefined && `?to=${encodeURIComponent(address)}`}"${address === to && html` aria-current="page"`}>${words}</a>`;
  return (
    addresses.length > 1 &&
    html`<nav class="tabs" aria-label="Mails of one person">${link(undefined, 'Everybody')}${addresses.map((address) => link(address, address))}</nav>`
  );
}

/** The mail's language, so that screen readers pronounce it correctly. */
function languageOf({ html: body }: Mail): Html | undefined {
  const [, language] = /<html[^>]* lang="([a-z-]+)"/i.exec(body ?? '') ?? [];
  return language === undefined ? undefined : html` lang="${language}"`;
}

function one(mail: Mail, { wanted, timeZone }: { wanted: string; timeZone?: string }) {
  const parts = [...(mail.html ? ['html'] : []), 'text', 'headers'];
  const part = parts.includes(wanted) ? wanted : parts[0];
  return html`
<p><a href="/mailbox">← All mail</a></p>
<h1${languageOf(mail)}>${mail.subject || '(no subject)'}</h1>
<dl class="facts">
<dt>From</dt><dd>${mail.from}</dd>
<dt>To</dt><dd>${mail.recipients.join(', ')}</dd>
<dt>Received</dt><dd>${clock(mail.receivedAt, timeZone)}</dd>
</dl>
<nav class="tabs" aria-label="Parts of the mail">
${parts.map((name) => html`<a href="?part=${name}"${name === part && html` aria-current="page"`}>${name === 'html' ? 'HTML' : name === 'text' ? 'Text' : 'Headers'}</a>`)}
</nav>
${part === 'html' && html`<iframe class="mail" title="The mail: ${mail.subject}" src="/mailbox/${mail.id}/html" sandbox="${SANDBOX}"></iframe>`}
${part === 'text' && html`<pre class="mail"${languageOf(mail)}>${linked(mail.text)}</pre>`}
${part === 'headers' && html`<pre class="mail">${mail.headers.map(({ line }) => `${line}\n`)}</pre>`}`;
}

/** Makes addresses in a text part clickable, as in any mail program. */
const linked = (text: string) =>
  text
    .split(/(https?:\/\/[^\s<>"]+)/)
    .map((piece, i) => (i % 2 === 1 ? html`<a href="${piece}">${piece}</a>` : piece));
