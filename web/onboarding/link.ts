/** The link in the mail. Opening it changes nothing: mail scanners open every link. Only its button does. */
import type { Router, RouterMiddleware } from '@koa/router';
import { client } from '../../db/clients.ts';
import { type Invitation, invitationOfToken, linkExpiresAt } from '../../db/invitations.ts';
import {
  factsOf,
  isOpen,
  type Onboarding,
  onboarding,
  recordStep,
  wasAcknowledged,
} from '../../db/onboardings.ts';
import { person } from '../../db/people.ts';
import { askInvitation } from '../../db/relations.ts';
import { openedMailOf, startSessionByLink } from '../../db/sessions.ts';
import { steps } from '../../domain/steps.ts';
import { type Ctx, field, type State, seeOther, type Web } from '../context.ts';
import { CONTINUE, missingProof, pathOf } from '../middleware/guard.ts';
import { mayUseLink, withinLimit } from '../middleware/limits.ts';
import { speak } from '../middleware/locale.ts';
import { carry } from '../middleware/session.ts';
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
    `${organisation} krijgt dan te zien dat dit e-mailadres niet van de juiste persoon is. Was het een vergissing? Dan kunt u later toch verder met de link in de e-mail.`,
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
    `${organisation} sent you a confidential message. To read it, you set up your access once.`,
  needs: [
    ['time', 'It takes a few minutes. You can stop in between and go on later with the same link.'],
    ['phone', 'Have your mobile phone at hand.'],
    ['mail', 'Keep the e-mail open: you will need it in a moment.'],
  ],
  signUp: 'Sign up',
  notMe: 'This is not me',
  notMeTitle: 'Is this not for you?',
  notMeText: (organisation) =>
    `We will then send no more reminders, and ${organisation} sees that this invitation was not for you. The message stays unread.`,
  confirm: 'Yes, this is not for me',
  sureTitle: 'Are you sure?',
  sureText: (organisation) =>
    `${organisation} will then see that this e-mail address is not that of the right person. Was it a mistake? Then you can still go on later with the link in the e-mail.`,
  sure: 'Yes, let them know',
  back: 'Back',
  expired: 'This invitation has expired',
  expiredText:
    'For your security, an invitation works for a limited time only. The message is still ready for you and what you have already done is saved. Have a new invitation sent to the same e-mail address.',
  renew: 'Send a new invitation',
  finished: 'Your access is set up already',
  finishedText:
    'Sign in to read your messages: with your e-mail address, your own password and a code by SMS or from the app.',
  signIn: 'Sign in',
};
const WORDS = { nl, en };

type Link = {
  invitation: Invitation;
  row: Onboarding;
  state: 'works' | 'expired' | 'finished' | 'cancelled';
  path: string;
};

/** Finds what the token stands for, without changing anything; an unknown one is answered here. */
function link(web: Web, handler: (ctx: Ctx, link: Link) => Promise<void> | void): RouterMiddleware<State> {
  const { db, config } = web;
  return async (ctx) => {
    const token = ctx.params.token ?? '';
    const invitation = await invitationOfToken(db, token);
    const row = invitation && (await onboarding(db, invitation.onboardingId));
    if (!invitation || !row) {
      // What is no token at all was cut off somewhere, and guesses nothing.
      const isGuess = db.secrets.rowIdIn(token) !== undefined;
      if (!isGuess || (await withinLimit(ctx, web, 'link-network'))) showNotice(ctx, web, 'unknown');
      return;
    }
    ctx.state.organisation = (await client(db, invitation.clientId)).name;
    speak(ctx, (await person(db, row.personId)).locale);
    const { passed } = await linkExpiresAt(db, { onboardingId: row.id, expireAfter: config.EXPIRE_AFTER });
    await handler(ctx, {
      invitation,
      row,
      state: stateOf(row, passed),
      path: `/i/${db.secrets.linkToken(invitation)}`,
    });
  };
}

function stateOf(row: Onboarding, passed: boolean): Link['state'] {
  if (row.status === 'completed') return 'finished';
  if (row.status === 'cancelled' && !row.shouldRun) return 'cancelled';
  return passed || !isOpen(row) ? 'expired' : 'works';
}

function showLink(ctx: Ctx, web: Web, { row, state, path }: Link): void {
  const words = WORDS[ctx.state.locale];
  const { helpContact, organisation } = {
    helpContact: web.config.HELP_CONTACT,
    organisation: ctx.state.organisation ?? '',
  };
  switch (state) {
    case 'cancelled':
      showNotice(ctx, web, 'cancelled');
      break;
    case 'finished':
      showPage(ctx, {
        title: words.finished,
        helpContact,
        body: html`<h1>${words.finished}</h1><p>${words.finishedText}</p>
<div class="actions"><a class="primary" href="/sign-in">${words.signIn}</a></div>`,
      });
      break;
    case 'expired':
      showPage(ctx, {
        title: words.expired,
        helpContact,
        body: html`<h1>${words.expired}</h1><p>${words.expiredText}</p>
${form(ctx, { boost: false, action: `${path}/renew`, body: html`<button class="primary">${words.renew}</button>` })}`,
      });
      break;
    case 'works':
      showPage(ctx, {
        title: words.title,
        helpContact,
        body: html`<h1>${words.title}</h1><p>${words.intro(organisation)}</p>
<ul class="needs">${words.needs.map(([picture, need]) => html`<li>${icon(picture)}<span>${need}</span></li>`)}</ul>
${form(ctx, { boost: false, action: path, body: html`<div class="actions"><button class="primary">${words.signUp}</button></div>` })}
${!row.passwordChangedAt && html`<div class="actions"><a class="secondary" href="${path}/not-me">${words.notMe}</a></div>`}`,
      });
      break;
  }
}

function showNotMe(ctx: Ctx, web: Web, path: string): void {
  const words = WORDS[ctx.state.locale];
  showPage(ctx, {
    title: words.notMeTitle,
    helpContact: web.config.HELP_CONTACT,
    body: html`<h1>${words.notMeTitle}</h1><p>${words.notMeText(ctx.state.organisation ?? '')}</p>
${form(ctx, { boost: false, action: `${path}/not-me`, body: html`<div class="actions"><button class="primary">${words.confirm}</button><a class="secondary" href="${path}">${words.back}</a></div>` })}`,
  });
}

/** Asked once more, with the way back first: a program that submits the first form of each page says nothing. */
function showSure(ctx: Ctx, web: Web, path: string): void {
  const words = WORDS[ctx.state.locale];
  showPage(ctx, {
    title: words.sureTitle,
    helpContact: web.config.HELP_CONTACT,
    body: html`<h1>${words.sureTitle}</h1><p>${words.sureText(ctx.state.organisation ?? '')}</p>
<div class="actions last-leads">
${form(ctx, { boost: false, action: `${path}/not-me`, body: html`<button class="secondary" name="sure" value="no">${words.back}</button>` })}
${form(ctx, { boost: false, action: `${path}/not-me`, body: html`<button class="primary" name="sure" value="yes">${words.sure}</button>` })}
</div>`,
  });
}

/** Whoever signs up takes it back. */
async function takeBackNotMe(web: Web, row: Onboarding): Promise<void> {
  if (!row.notMeAt) return;
  await recordStep(web.db, { onboarding: row }, async (_tx, locked) =>
    locked.notMeAt
      ? { signal: 'notMe', event: 'invitation.not_me_over', facts: { notMe: false } }
      : { refused: 'already' },
  );
}

export function linkPages(router: Router<State>, web: Web): void {
  router.get(
    '/i/:token',
    link(web, (ctx, found) => showLink(ctx, web, found)),
  );

  router.post(
    '/i/:token',
    link(web, async (ctx, found) => {
      if (found.state !== 'works') return showLink(ctx, web, found);
      const { row, invitation } = found;
      if (!(await mayUseLink(ctx, web, invitation.id))) return;
      await takeBackNotMe(web, row);
      const current = ctx.state.found;
      // The same person's session goes on as it is: pressing the button twice loses no proof.
      if (current?.session.personId === row.personId && !current.replaced) {
        await openedMailOf(web.db, current.session, invitation.clientId);
        const missing = missingProof(current.session, factsOf(row));
        return seeOther(ctx, missing ? CONTINUE : pathOf(steps(factsOf(row))));
      }
      const begun = await startSessionByLink(web.db, { invitation, personId: row.personId });
      if (!begun) return showNotice(ctx, web, 'unknown');
      carry(ctx, begun.token);
      seeOther(ctx, CONTINUE);
    }),
  );

  // Reloaded, or in the other language: the answer to the button has no page of its own.
  router.get(
    '/i/:token/renew',
    link(web, (ctx, { path }) => seeOther(ctx, path)),
  );

  router.post(
    '/i/:token/renew',
    link(web, async (ctx, found) => {
      const { state, row, invitation } = found;
      if (!(await mayUseLink(ctx, web, invitation.id))) return;
      if (state === 'finished' || state === 'cancelled') return showLink(ctx, web, found);
      // It works again after the first of two clicks.
      if (state === 'expired') await askInvitation(web.db, row.id, web.config.INVITE_EVERY);
      showNotice(ctx, web, 'renewed');
    }),
  );

  router.get(
    '/i/:token/not-me',
    link(web, (ctx, { row, state, path }) =>
      state === 'works' && !row.passwordChangedAt ? showNotMe(ctx, web, path) : seeOther(ctx, path),
    ),
  );

  router.post(
    '/i/:token/not-me',
    link(web, async (ctx, { invitation, row, state, path }) => {
      if (!(await mayUseLink(ctx, web, invitation.id))) return;
      // With an own password somebody has said "this is me": a forwarded link may not undo that.
      if (state !== 'works' || row.passwordChangedAt) return seeOther(ctx, path);
      const sure = field(ctx, 'sure');
      if (sure !== 'yes') return sure ? seeOther(ctx, path) : showSure(ctx, web, path);
      await recordStep(web.db, { onboarding: row }, async (_tx, locked) => {
        if (locked.notMeAt && !wasAcknowledged(locked, 'notMe')) return { refused: 'already' };
        return {
          signal: 'notMe',
          event: 'invitation.not_me',
          facts: { notMe: true },
          tell: { type: 'onboarding.not_me' },
        };
      });
      showNotice(ctx, web, 'stopped');
    }),
  );
}
