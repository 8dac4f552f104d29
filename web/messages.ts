/** Reading: the only thing all of this is for. */
import type Router from '@koa/router';
import type Koa from 'koa';
import { type Message, markRead, messageById, releasedMessages } from '../db/messages.ts';
import { onboardingOf } from '../db/onboardings.ts';
import type { FoundSession } from '../db/sessions.ts';
import { hasAccepted } from '../db/terms.ts';
import { isUuid } from '../db/uuid.ts';
import { timeInWords } from '../domain/times.ts';
import { html } from '../html.ts';
import { type Ctx, type State, seeOther, type Web } from './context.ts';
import { showPage } from './layout.ts';
import { showNotice } from './notices.ts';
import { end } from './session.ts';
import { askSignIn } from './signIn.ts';
import { NEW_TERMS, newTerms } from './steps/terms.ts';

const nl = {
  title: 'Uw berichten',
  none: 'Er zijn geen berichten voor u.',
  unread: 'Nieuw',
  from: 'Van',
  received: 'Ontvangen',
  all: 'Alle berichten',
};
const en: typeof nl = {
  title: 'Your messages',
  none: 'There are no messages for you.',
  unread: 'New',
  from: 'From',
  received: 'Received',
  all: 'All messages',
};
const WORDS = { nl, en };

const senderOf = ({ from, clientName }: Message): string =>
  from.name === clientName ? clientName : `${from.name} (${clientName})`;

const isFull = (found: FoundSession | undefined): found is FoundSession =>
  Boolean(found && !found.replaced && found.session.passwordAt && found.session.factorAt);

/** A session that has proven password and second factor, of somebody whose account is open and who knows the terms. */
const signedIn =
  (web: Web): Koa.Middleware<State> =>
  async (ctx, next) => {
    const { found } = ctx.state;
    if (!isFull(found)) return askSignIn(ctx);
    const row = await onboardingOf(web.db, found.session.personId);
    if (row?.status !== 'completed') return askSignIn(ctx);
    const agreed = await hasAccepted(web.db, row.personId, web.terms.version);
    if (!agreed && ctx.path !== NEW_TERMS) return seeOther(ctx, NEW_TERMS);
    await next();
  };

const time = (ctx: Ctx, { config }: Web, at: Date): string =>
  timeInWords(at, { locale: ctx.state.locale, timeZone: config.TIME_ZONE });

async function showMessages(ctx: Ctx, web: Web): Promise<void> {
  const words = WORDS[ctx.state.locale];
  const all = await releasedMessages(web.db, ctx.state.found!.session.personId);
  showPage(ctx, {
    title: words.title,
    signedIn: true,
    helpContact: web.config.HELP_CONTACT,
    body: html`<h1>${words.title}</h1>
${
  all.length === 0
    ? html`<p>${words.none}</p>`
    : html`<ul class="list">${all.map(
        (
          message,
        ) => html`<li><a href="/messages/${message.id}">${message.subject}</a>${!message.readAt && html` <strong>${words.unread}</strong>`}
<br><span class="soft">${senderOf(message)}, ${time(ctx, web, message.createdAt)}</span></li>`,
      )}</ul>`
}`,
  });
}

function showMessage(ctx: Ctx, web: Web, message: Message): void {
  const words = WORDS[ctx.state.locale];
  ctx.state.organisation = message.clientName;
  showPage(ctx, {
    title: message.subject,
    signedIn: true,
    helpContact: web.config.HELP_CONTACT,
    body: html`<article><h1>${message.subject}</h1>
<p class="soft">${words.from}: ${senderOf(message)}<br>${words.received}: ${time(ctx, web, message.createdAt)}</p>
<div class="letter message">${message.body}</div></article>
<div class="actions"><a href="/messages">${words.all}</a></div>`,
  });
}

/**
 * A person opens it: with a navigation, or htmx for one of our pages. Not what a browser fetches beforehand or another
 * site has fetched in a page of its own. Browsers that say nothing of it are believed.
 */
function isOpenedByPerson(ctx: Ctx): boolean {
  if (ctx.method !== 'GET') return false;
  const purposes = ['Sec-Purpose', 'Purpose', 'X-Purpose', 'X-Moz'].map((name) => ctx.get(name));
  if (purposes.some((purpose) => /prefetch|prerender|preview/i.test(purpose))) return false;
  const [site, dest] = ['Site', 'Dest'].map((name) => ctx.get(`Sec-Fetch-${name}`));
  if (!site) return true;
  if (dest && dest !== 'document') return site === 'same-origin' && ctx.get('HX-Request') === 'true';
  // A page elsewhere can send a browser here; only a click there is the person's own.
  return site === 'same-origin' || site === 'none' || ctx.get('Sec-Fetch-User') === '?1';
}

export function messagePages(router: Router<State>, web: Web): void {
  newTerms(router, web, signedIn(web));

  router.get('/messages', signedIn(web), (ctx) => showMessages(ctx, web));

  // The sole GET that writes: the first reading is what the sender is waiting to hear.
  router.get('/messages/:id', signedIn(web), async (ctx) => {
    const id = ctx.params.id ?? '';
    const message = isUuid(id) ? await messageById(web.db, id) : undefined;
    const own = message?.personId === ctx.state.found!.session.personId && message.releasedAt;
    if (!message || !own) return showNotice(ctx, web, 'notFound');
    if (isOpenedByPerson(ctx)) await markRead(web.db, message);
    showMessage(ctx, web, message);
  });

  router.post('/sign-out', async (ctx) => {
    await end(ctx, web);
    ctx.set('Clear-Site-Data', '"cache", "storage"');
    seeOther(ctx, '/sign-in');
  });
}
