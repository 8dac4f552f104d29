/** Reading messages, the purpose of the whole product. */
import { type Account, openAccount } from '../../db/accounts.ts';
import { audit } from '../../db/audit.ts';
import { type Message, readMessage, releasedMessage, releasedMessages } from '../../db/messages.ts';
import type { FoundSession } from '../../db/sessions.ts';
import { isUuid } from '../../db/uuid.ts';
import { timeInWords } from '../../domain/times.ts';
import { askSignIn } from '../account/signIn.ts';
import { type Ctx, fromGuard, pathPart, seeOther, type Web } from '../context.ts';
import { endSession } from '../middleware/session.ts';
import { type Guard, tellsWho } from '../route.ts';
import { type Html, html, type Value } from '../ui/html.ts';
import { type Icon, icon } from '../ui/icons.ts';
import { showPage } from '../ui/layout.ts';
import { showNotice } from '../ui/notices.ts';

const nl = {
  title: 'Uw berichten',
  none: 'U hebt nu geen berichten',
  noneText: 'U krijgt een e-mail zodra er een bericht voor u klaarstaat. U hoeft hier niets te doen.',
  unread: 'Nieuw',
  from: 'Van',
  received: 'Ontvangen',
  all: 'Alle berichten',
  done: (firstName: string) => `Het is gelukt, ${firstName}. U bent klaar met instellen.`,
  nextTime: 'Zo leest u uw volgende bericht',
  mailed: 'U krijgt een e-mail zodra er een nieuw bericht is. Instellen hoeft niet nog een keer.',
  address: 'Log in op',
  email: 'met uw e-mailadres',
  password: 'en het wachtwoord dat u zelf hebt gekozen.',
  factor: {
    both: 'Daarna vult u een code in: uit uw app, of uit een SMS op uw telefoon.',
    app: 'Daarna vult u de code in die uw app laat zien.',
    sms: 'Daarna vult u de code in uit een SMS op uw telefoon.',
  },
};
const en: typeof nl = {
  title: 'Your messages',
  none: 'You have no messages',
  noneText:
    'We will e-mail you as soon as a message is waiting for you. You do not need to do anything here.',
  unread: 'New',
  from: 'From',
  received: 'Received',
  all: 'All messages',
  done: (firstName) => `All done, ${firstName}. You have finished setting up.`,
  nextTime: 'How to read your next message',
  mailed: 'We will e-mail you as soon as there is a new message. You do not have to set up again.',
  address: 'Sign in at',
  email: 'with your e-mail address',
  password: 'and the password that you chose yourself.',
  factor: {
    both: 'Then enter a code: from your app, or from an SMS on your phone.',
    app: 'Then enter the code that your app shows.',
    sms: 'Then enter the code from an SMS on your phone.',
  },
};
const WORDS = { nl, en };

const senderOf = ({ from, clientName }: Message): string =>
  from.name === clientName ? clientName : `${from.name} (${clientName})`;

const isFull = (found: FoundSession | undefined): found is FoundSession =>
  Boolean(found && !found.replaced && found.session.passwordAt && found.session.factorAt);

const accountOf = (ctx: Ctx): Account => fromGuard(ctx, 'account');

/** A session that has proven password and second factor, of somebody with an open account. */
export const requireAccount = tellsWho(async (ctx, web, next) => {
  const { found } = ctx.state;
  if (!isFull(found)) return askSignIn(ctx);
  const { personId } = found.session;
  const account = await openAccount(web.db, { personId, termsVersion: web.terms.version });
  if (!account) return askSignIn(ctx);
  ctx.state.account = account;
  await next();
});

/** The person has agreed to the current terms. */
export const requireCurrentTerms: Guard = async (ctx, _web, next) => {
  if (!accountOf(ctx).agreed) return seeOther(ctx, '/terms');
  await next();
};

function time(ctx: Ctx, { config }: Web, at: Date): Html {
  const words = timeInWords(at, { locale: ctx.state.locale, timeZone: config.TIME_ZONE });
  return html`<time datetime="${at.toISOString()}">${words}</time>`;
}

/**
 * Whether this is the first visit, with no message opened yet. It lasts while the first message is on the screen, so
 * that reloading it or switching the language changes nothing.
 */
function isFirstVisit(ctx: Ctx, message?: Message): boolean {
  const { firstRead } = accountOf(ctx);
  if (!firstRead) return true;
  return firstRead.messageId === message?.id && firstRead.ageMs <= ctx.state.found!.session.ageMs;
}

/** The first-visit text is above the heading but read after it, because screen readers start at the heading. */
function heading(ctx: Ctx, title: string, first: boolean): Html {
  const { done } = WORDS[ctx.state.locale];
  return html`<div class="heading"><h1>${title}</h1>
${first && html`<p class="done">${icon('good')}<strong>${done(accountOf(ctx).firstName)}</strong></p>`}</div>`;
}

/** What a new user needs to know to come back. */
function nextTime(ctx: Ctx, { config }: Web): Html {
  const words = WORDS[ctx.state.locale];
  const { email, sms, app } = accountOf(ctx);
  const factor = words.factor[sms && app ? 'both' : app ? 'app' : 'sms'];
  const step = (name: Icon, text: Value) => html`<li>${icon(name)}<span>${text}</span></li>`;
  return html`<section class="next-time" aria-labelledby="next-time"><h2 id="next-time">${words.nextTime}</h2>
<ul class="needs">
${step('mail', words.mailed)}
${step('key', html`${words.address} <b>${config.PUBLIC_URL.host}</b> ${words.email} <b>${email}</b> ${words.password}`)}
${step('phone', factor)}
</ul></section>`;
}

function inboxRow(ctx: Ctx, web: Web, message: Message): Html {
  const words = WORDS[ctx.state.locale];
  const isNew = !message.readAt;
  return html`<li${isNew && html` class="unread"`}><a href="/messages/${message.id}">
${isNew && html`<strong class="mark">${words.unread}</strong>`}
<span class="sender">${senderOf(message)}</span>
<span class="subject">${message.subject}</span>
<span class="soft">${time(ctx, web, message.createdAt)}</span></a></li>`;
}

export async function showMessages(ctx: Ctx, web: Web): Promise<void> {
  const words = WORDS[ctx.state.locale];
  const all = await releasedMessages(web.db, accountOf(ctx).personId);
  const first = isFirstVisit(ctx);
  showPage(ctx, {
    title: words.title,
    signedIn: true,
    body: html`${heading(ctx, words.title, first)}
${
  all.length === 0
    ? html`<div class="nothing">${icon('mail')}<p><strong>${words.none}</strong></p><p class="soft">${words.noneText}</p></div>`
    : html`<ul class="inbox">${all.map((message) => inboxRow(ctx, web, message))}</ul>`
}
${first && nextTime(ctx, web)}`,
  });
}

function showFound(ctx: Ctx, web: Web, message: Message): void {
  const words = WORDS[ctx.state.locale];
  ctx.state.organisation = message.clientName;
  const first = isFirstVisit(ctx, message);
  showPage(ctx, {
    title: message.subject,
    signedIn: true,
    body: html`<p class="back"><a class="alone" href="/messages">${icon('back')}${words.all}</a></p>
<article>${heading(ctx, message.subject, first)}
<p class="envelope">${words.from}: <b>${senderOf(message)}</b><br>${words.received}: ${time(ctx, web, message.createdAt)}</p>
<div class="message">${message.body}</div></article>
${first && nextTime(ctx, web)}`,
  });
}

/**
 * Whether a person opened it: by navigating, or through htmx on one of our pages; not a prefetch, and not a request
 * from another site's page. Browsers that do not say are believed.
 */
function isOpenedByPerson(ctx: Ctx): boolean {
  if (ctx.method !== 'GET') return false;
  const purposes = ['Sec-Purpose', 'Purpose', 'X-Purpose', 'X-Moz'].map((name) => ctx.get(name));
  if (purposes.some((purpose) => /prefetch|prerender|preview/i.test(purpose))) return false;
  const [site, dest] = ['Site', 'Dest'].map((name) => ctx.get(`Sec-Fetch-${name}`));
  if (!site) return true;
  if (dest && dest !== 'document') return site === 'same-origin' && ctx.get('HX-Request') === 'true';
  // Another site can redirect a browser here; only a click there is the person's own act.
  return site === 'same-origin' || site === 'none' || ctx.get('Sec-Fetch-User') === '?1';
}

/** The only GET that writes: the first reading is what the sender is waiting for. */
export async function showMessage(ctx: Ctx, web: Web): Promise<void> {
  const id = pathPart(ctx, 'id');
  const read = isOpenedByPerson(ctx) ? readMessage : releasedMessage;
  const { personId } = accountOf(ctx);
  const message = isUuid(id) ? await read(web.db, { id, personId }) : undefined;
  if (!message) return showNotice(ctx, 'notFound');
  showFound(ctx, web, message);
}

export async function signOut(ctx: Ctx, web: Web): Promise<void> {
  const { found } = ctx.state;
  if (found) await audit(web.db, { event: 'session.signed_out', personId: found.session.personId });
  await endSession(ctx, web);
  ctx.set('Clear-Site-Data', '"cache", "storage"');
  seeOther(ctx, '/sign-in');
}
