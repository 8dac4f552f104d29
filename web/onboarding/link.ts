/** The link in the mail. Opening it changes nothing: mail scanners open every link. Only its button does. */
import { type LinkState, linkOfToken } from '../../db/invitations.ts';
import { factsOf, isOpen, type Onboarding, recordStep, wasAcknowledged } from '../../db/onboardings.ts';
import { askInvitation } from '../../db/relations.ts';
import { createSessionByLink, openedMailOf } from '../../db/sessions.ts';
import { steps } from '../../domain/steps.ts';
import { type Ctx, field, fromGuard, pathPart, seeOther, type Web } from '../context.ts';
import { CONTINUE, missingProof, pathOf } from '../middleware/guard.ts';
import { consumeLimit } from '../middleware/limits.ts';
import { useLocale } from '../middleware/locale.ts';
import { setSessionCookie } from '../middleware/session.ts';
import { type Guard, tellsWho } from '../route.ts';
import { form } from '../ui/form.ts';
import { html } from '../ui/html.ts';
import { type Icon, icon } from '../ui/icons.ts';
import { showPage } from '../ui/layout.ts';
import { showNotice } from '../ui/notices.ts';

const nl = {
  title: 'Er staat een vertrouwelijk bericht voor u klaar',
  intro: (organisation: string) =>
    `${organisation} heeft u een vertrouwelijk bericht gestuurd. Om het te lezen stelt u één keer uw toegang in.`,
  needs: [
    ['time', 'Het duurt een paar minuten. U kunt tussendoor stoppen en later verdergaan met dezelfde link.'],
    ['phone', 'Houd uw mobiele telefoon bij de hand.'],
    ['mail', 'Houd de e-mail open: u hebt die straks nog nodig.'],
  ] as [Icon, string][],
  signUp: 'Aanmelden',
  notMe: 'Dit ben ik niet',
  notMeTitle: 'Is dit niet voor u?',
  notMeText: (organisation: string) =>
    `We sturen dan geen herinneringen meer en ${organisation} ziet dat deze uitnodiging niet voor u was. Het bericht blijft ongelezen.`,
  confirm: 'Ja, dit is niet voor mij',
  sureTitle: 'Weet u het zeker?',
  sureText: (organisation: string) =>
    `${organisation} krijgt dan te zien dat dit e-mailadres niet van de juiste persoon is. Was het een vergissing? Dan kunt u later toch verdergaan met de link in de e-mail.`,
  sure: 'Ja, laat het weten',
  back: 'Terug',
  expired: 'Deze uitnodiging is verlopen',
  expiredText:
    'Voor de veiligheid werkt een uitnodiging maar een bepaalde tijd. Het bericht staat nog voor u klaar en wat u al hebt gedaan, is bewaard. Laat een nieuwe uitnodiging sturen naar hetzelfde e-mailadres.',
  renew: 'Nieuwe uitnodiging sturen',
  finished: 'Uw toegang is al ingesteld',
  finishedText:
    'Log in om uw berichten te lezen: met uw e-mailadres, uw eigen wachtwoord en een code per SMS of uit de app.',
  signIn: 'Inloggen',
};
const en: typeof nl = {
  title: 'A confidential message is waiting for you',
  intro: (organisation) =>
    `${organisation} sent you a confidential message. To read it, set up your account once.`,
  needs: [
    ['time', 'It takes a few minutes. You can stop at any time and continue later with the same link.'],
    ['phone', 'Have your mobile phone at hand.'],
    ['mail', 'Keep the e-mail open. You will need it again soon.'],
  ],
  signUp: 'Sign up',
  notMe: 'This is not me',
  notMeTitle: 'Is this not for you?',
  notMeText: (organisation) =>
    `We will not send you any more reminders, and ${organisation} will see that this invitation was not for you. The message stays unread.`,
  confirm: 'Yes, this is not for me',
  sureTitle: 'Are you sure?',
  sureText: (organisation) =>
    `${organisation} will see that this e-mail address does not belong to the right person. If this was a mistake, you can still continue later with the link in the e-mail.`,
  sure: 'Yes, let them know',
  back: 'Back',
  expired: 'This invitation has expired',
  expiredText:
    'For your security, an invitation works for a limited time only. The message is still waiting for you, and what you have already done is saved. You can have a new invitation sent to the same e-mail address.',
  renew: 'Send a new invitation',
  finished: 'Your account is already set up',
  finishedText:
    'Sign in to read your messages: with your e-mail address, your own password and a code by SMS or from the app.',
  signIn: 'Sign in',
};
export const WORDS = { nl, en };

/** The opened invitation, and whether it still works. */
export type OpenedLink = {
  invitation: LinkState['invitation'];
  row: Onboarding;
  state: 'works' | 'expired' | 'finished' | 'cancelled';
  path: string;
};

/** Finds the invitation of the token without changing anything; an unknown token is answered here. */
export const requireLink = tellsWho(async (ctx, web, next) => {
  const { db, config } = web;
  const token = pathPart(ctx, 'token');
  const found = await linkOfToken(db, { token, expireAfter: config.EXPIRE_AFTER });
  if (!found) {
    // What is no token at all was cut off somewhere, and guesses nothing.
    const isGuess = db.secrets.rowIdIn(token) !== undefined;
    if (!isGuess || (await consumeLimit(ctx, web, 'link-network'))) showNotice(ctx, 'unknown');
    return;
  }
  const { invitation, row, locale, organisation, isOver } = found;
  ctx.state.organisation = organisation;
  useLocale(ctx, locale);
  const path = `/i/${db.secrets.linkToken(invitation)}`;
  ctx.state.link = { invitation, row, state: stateOf(row, isOver), path };
  await next();
});

/** Otherwise the page shows the state of the link. */
export const requireWorkingLink: Guard = async (ctx, _web, next) => {
  if (fromGuard(ctx, 'link').state !== 'works') return showLink(ctx);
  await next();
};

function stateOf(row: Onboarding, isOver: boolean): OpenedLink['state'] {
  if (row.status === 'completed') return 'finished';
  if (row.status === 'cancelled' && !row.shouldRun) return 'cancelled';
  return isOver || !isOpen(row) ? 'expired' : 'works';
}

export function showLink(ctx: Ctx): void {
  const { row, state, path } = fromGuard(ctx, 'link');
  const words = WORDS[ctx.state.locale];
  const { organisation = '' } = ctx.state;
  switch (state) {
    case 'cancelled':
      showNotice(ctx, 'cancelled');
      break;
    case 'finished':
      showPage(ctx, {
        title: words.finished,
        body: html`<h1>${words.finished}</h1><p>${words.finishedText}</p>
<div class="actions"><a class="primary" href="/sign-in">${words.signIn}</a></div>`,
      });
      break;
    case 'expired':
      showPage(ctx, {
        title: words.expired,
        body: html`<h1>${words.expired}</h1><p>${words.expiredText}</p>
${form(ctx, { boost: false, action: `${path}/renew`, body: html`<button class="primary">${words.renew}</button>` })}`,
      });
      break;
    case 'works':
      showPage(ctx, {
        title: words.title,
        body: html`<h1>${words.title}</h1><p>${words.intro(organisation)}</p>
<ul class="needs">${words.needs.map(([picture, need]) => html`<li>${icon(picture)}<span>${need}</span></li>`)}</ul>
${form(ctx, { boost: false, action: path, body: html`<div class="actions"><button class="primary">${words.signUp}</button></div>` })}
${!row.passwordChangedAt && html`<div class="actions"><a class="secondary" href="${path}/not-me">${words.notMe}</a></div>`}`,
      });
      break;
  }
}

export function showNotMe(ctx: Ctx): void {
  const { row, state, path } = fromGuard(ctx, 'link');
  if (state === 'works' && !row.passwordChangedAt) askNotMe(ctx, path);
  else seeOther(ctx, path);
}

function askNotMe(ctx: Ctx, path: string): void {
  const words = WORDS[ctx.state.locale];
  showPage(ctx, {
    title: words.notMeTitle,
    body: html`<h1>${words.notMeTitle}</h1><p>${words.notMeText(ctx.state.organisation ?? '')}</p>
${form(ctx, { boost: false, action: `${path}/not-me`, body: html`<div class="actions"><button class="primary">${words.confirm}</button><a class="secondary" href="${path}">${words.back}</a></div>` })}`,
  });
}

/**
 * Asks for confirmation, with the way back first: a program that submits the first form of each page then reports
 * nothing.
 */
function showConfirmNotMe(ctx: Ctx, path: string): void {
  const words = WORDS[ctx.state.locale];
  showPage(ctx, {
    title: words.sureTitle,
    body: html`<h1>${words.sureTitle}</h1><p>${words.sureText(ctx.state.organisation ?? '')}</p>
<div class="actions last-leads">
${form(ctx, { boost: false, action: `${path}/not-me`, body: html`<button class="secondary" name="sure" value="no">${words.back}</button>` })}
${form(ctx, { boost: false, action: `${path}/not-me`, body: html`<button class="primary" name="sure" value="yes">${words.sure}</button>` })}
</div>`,
  });
}

/** Going on with the onboarding takes "this is not me" back. */
async function takeBackNotMe(web: Web, row: Onboarding): Promise<void> {
  if (!row.notMeAt) return;
  await recordStep(web.db, { onboarding: row }, async (_tx, locked) =>
    locked.notMeAt
      ? { signal: 'notMe', event: 'invitation.not_me_over', facts: { notMe: false } }
      : { refused: 'already' },
  );
}

export async function signUp(ctx: Ctx, web: Web): Promise<void> {
  const { row, invitation } = fromGuard(ctx, 'link');
  await takeBackNotMe(web, row);
  const current = ctx.state.found;
  // The same person's session continues as it is, so pressing the button twice loses no proof.
  if (current?.session.personId === row.personId && !current.replaced) {
    await openedMailOf(web.db, current.session, invitation.clientId);
    const missing = missingProof(current.session, factsOf(row));
    return seeOther(ctx, missing ? CONTINUE : pathOf(steps(factsOf(row))));
  }
  const begun = await createSessionByLink(web.db, { invitation, personId: row.personId });
  if (!begun) return showNotice(ctx, 'unknown');
  setSessionCookie(ctx, begun.token);
  seeOther(ctx, CONTINUE);
}

/** For a reload or a language switch, because the answer to the button has no page of its own. */
export const backToLink = (ctx: Ctx): void => seeOther(ctx, fromGuard(ctx, 'link').path);

export async function renew(ctx: Ctx, web: Web): Promise<void> {
  const { state, row } = fromGuard(ctx, 'link');
  if (state === 'finished' || state === 'cancelled') return showLink(ctx);
  // Works again after the first of two clicks.
  if (state === 'expired') await askInvitation(web.db, row.id, web.config.INVITE_EVERY);
  showNotice(ctx, 'renewed');
}

export async function sayNotMe(ctx: Ctx, web: Web): Promise<void> {
  const { row, state, path } = fromGuard(ctx, 'link');
  // Somebody who has chosen a password has confirmed "this is me"; a forwarded link may not undo that.
  if (state !== 'works' || row.passwordChangedAt) return seeOther(ctx, path);
  const sure = field(ctx, 'sure');
  if (sure !== 'yes') return sure ? seeOther(ctx, path) : showConfirmNotMe(ctx, path);
  await recordStep(web.db, { onboarding: row }, async (_tx, locked) => {
    if (locked.notMeAt && !wasAcknowledged(locked, 'notMe')) return { refused: 'already' };
    return {
      signal: 'notMe',
      event: 'invitation.not_me',
      facts: { notMe: true },
      tell: { type: 'onboarding.not_me' },
    };
  });
  showNotice(ctx, 'stopped');
}
