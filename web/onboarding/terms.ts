/** The terms of use: agreed to once a version, with proof of the very text. */
import type Router from '@koa/router';
import type Koa from 'koa';
import { audit } from '../../db/audit.ts';
import { transaction } from '../../db/connect.ts';
import { recordStep } from '../../db/onboardings.ts';
import type { Session } from '../../db/sessions.ts';
import { hasAccepted, recordConfirmedAcceptance, recordTermsAcceptance } from '../../db/terms.ts';
import type { Step } from '../../domain/steps.ts';
import { dateInWords } from '../../domain/times.ts';
import { type Ctx, field, type State, seeOther, traveller, type Web } from '../context.ts';
import { atStep, PATHS, toCurrentStep, travelling } from '../middleware/guard.ts';
import { formToken, formTokenIsRight } from '../middleware/session.ts';
import { form } from '../ui/form.ts';
import { html } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { note } from '../ui/note.ts';
import { showNotice } from '../ui/notices.ts';

const nl = {
  title: 'Gebruiksvoorwaarden',
  intro: 'Lees de voorwaarden. Als u akkoord gaat, kunt u verder.',
  version: (version: string) => `Versie van ${version}`,
  changed: 'De voorwaarden zijn veranderd sinds u akkoord ging. Lees ze nog eens.',
  agree: 'Akkoord',
  disagree: 'Ik ga niet akkoord',
};
const en: typeof nl = {
  title: 'Terms of use',
  intro: 'Read the terms. If you agree, you can go on.',
  version: (version) => `Version of ${version}`,
  changed: 'The terms have changed since you agreed. Please read them again.',
  agree: 'I agree',
  disagree: 'I do not agree',
};
const WORDS = { nl, en };

const DECLINED = `${PATHS.terms}/declined`;
/** For somebody who has finished, when a newer version came. */
export const NEW_TERMS = '/terms';

type Asked = { session: Session; step?: Step; again: boolean; signedIn?: boolean };

function showTerms(ctx: Ctx, web: Web, { session, again, ...frame }: Asked): void {
  const { locale } = ctx.state;
  const words = WORDS[locale];
  const { version, texts } = web.terms;
  const token = formToken(web, session);
  const date = dateInWords(new Date(version), { locale, timeZone: 'UTC' });
  const answer = (value: 'yes' | 'no', label: string, kind: 'primary' | 'secondary') =>
    form(ctx, {
      token,
      body: html`<button class="${kind}" name="accept" value="${value}">${label}</button>`,
    });
  showPage(ctx, {
    title: words.title,
    onboarding: frame.step !== undefined,
    helpContact: web.config.HELP_CONTACT,
    ...frame,
    body: html`<h1>${words.title}</h1>
${again && note('note', words.changed)}
<p>${words.intro}</p>
<div class="terms" tabindex="0" role="region" aria-label="${words.title}">${texts[locale].markup}</div>
<p class="soft">${words.version(date)}</p>
<div class="actions">${answer('yes', words.agree, 'primary')}${answer('no', words.disagree, 'secondary')}</div>`,
  });
}

/** The proof: version, hash of the very text, language; the time is the database's. */
function acceptance(ctx: Ctx, web: Web, personId: string) {
  const { version, texts } = web.terms;
  const { locale } = ctx.state;
  return { personId, version, hash: texts[locale].hash, locale };
}

export function terms(router: Router<State>, web: Web): void {
  router.get(PATHS.terms, atStep(web, 'terms'), (ctx) => {
    const { session, facts } = traveller(ctx);
    showTerms(ctx, web, { session, step: 'terms', again: facts.passwordChanged });
  });

  router.post(PATHS.terms, atStep(web, 'terms'), async (ctx) => {
    const { session, onboarding, person } = traveller(ctx);
    const accept = field(ctx, 'accept');
    if (accept !== 'yes') return seeOther(ctx, accept === 'no' ? DECLINED : PATHS.terms);
    const proof = acceptance(ctx, web, person.id);
    await recordStep(web.db, { onboarding, session }, async (tx, row) => {
      if (row.termsAcceptedAt) return { refused: 'already' };
      // A newer version is shown to somebody who has proved to be the person with the password by now.
      const record = row.passwordChangedAt ? recordConfirmedAcceptance : recordTermsAcceptance;
      await record(tx, proof);
      return {
        signal: 'termsAccepted',
        event: 'terms.accepted',
        facts: { termsAccepted: true },
        tell: { type: 'onboarding.step_completed', data: { step: 'terms' } },
        details: { version: proof.version, locale: proof.locale },
      };
    });
    await toCurrentStep(ctx, web, person.id);
  });

  router.get(DECLINED, travelling(web, { enough: true }), (ctx) => showNotice(ctx, web, 'declined'));
}

/** A newer version at the next sign-in: `guard` lets through who is signed in. */
export function newTerms(router: Router<State>, web: Web, guard: Koa.Middleware<State>): void {
  router.get(NEW_TERMS, guard, (ctx) => {
    showTerms(ctx, web, { session: ctx.state.found!.session, again: true, signedIn: true });
  });

  router.post(NEW_TERMS, guard, async (ctx) => {
    const { session } = ctx.state.found!;
    if (!formTokenIsRight(ctx, web, session)) return showNotice(ctx, web, 'otherTab');
    if (field(ctx, 'accept') !== 'yes') return showNotice(ctx, web, 'declinedNew');
    const proof = acceptance(ctx, web, session.personId);
    await transaction(web.db, async (tx) => {
      if (await hasAccepted(tx, proof.personId, proof.version)) return;
      await recordConfirmedAcceptance(tx, proof);
      const details = { version: proof.version, locale: proof.locale };
      await audit(tx, { event: 'terms.accepted', personId: proof.personId, details });
    });
    seeOther(ctx, '/messages');
  });
}
