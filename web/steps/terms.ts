/** The terms of use: agreed to once a version, with proof of the very text. */
import type Router from '@koa/router';
import { recordStep } from '../../db/onboardings.ts';
import { recordTermsAcceptance } from '../../db/terms.ts';
import { html } from '../../html.ts';
import { type Ctx, field, type State, seeOther, traveller, type Web } from '../context.ts';
import { form } from '../form.ts';
import { atStep, PATHS, toCurrentStep, travelling } from '../guard.ts';
import { showPage } from '../layout.ts';
import { showNotice } from '../notices.ts';
import { formToken } from '../session.ts';

const nl = {
  title: 'Gebruiksvoorwaarden',
  intro: 'Lees de voorwaarden. Als u akkoord gaat, kunt u verder.',
  version: (version: string) => `Versie van ${version}`,
  agree: 'Akkoord',
  disagree: 'Ik ga niet akkoord',
};
const en: typeof nl = {
  title: 'Terms of use',
  intro: 'Read the terms. When you agree, you can go on.',
  version: (version) => `Version of ${version}`,
  agree: 'I agree',
  disagree: 'I do not agree',
};
const WORDS = { nl, en };

const DECLINED = `${PATHS.terms}/declined`;

function showTerms(ctx: Ctx, web: Web): void {
  const { session } = traveller(ctx);
  const { locale } = ctx.state;
  const words = WORDS[locale];
  const { version, texts } = web.terms;
  const token = formToken(web, session);
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(version),
  );
  showPage(ctx, {
    title: words.title,
    step: 'terms',
    onboarding: true,
    helpContact: web.config.HELP_CONTACT,
    body: html`<h1>${words.title}</h1>
<p>${words.intro}</p>
<div class="terms" tabindex="0" role="region" aria-label="${words.title}">${texts[locale].markup}</div>
<p class="soft">${words.version(date)}</p>
<div class="actions">
${form(ctx, { token, body: html`<button class="primary" name="accept" value="yes">${words.agree}</button>` })}
${form(ctx, { token, body: html`<button class="secondary" name="accept" value="no">${words.disagree}</button>` })}
</div>`,
  });
}

export function terms(router: Router<State>, web: Web): void {
  router.get(PATHS.terms, atStep(web, 'terms'), (ctx) => showTerms(ctx, web));

  router.post(PATHS.terms, atStep(web, 'terms'), async (ctx) => {
    const { onboarding, person } = traveller(ctx);
    const accept = field(ctx, 'accept');
    if (accept !== 'yes') return seeOther(ctx, accept === 'no' ? DECLINED : PATHS.terms);
    const { version, texts } = web.terms;
    const { locale } = ctx.state;
    await recordStep(web.db, onboarding.id, async (tx, row) => {
      if (row.termsAcceptedAt) return { refused: 'already' };
      await recordTermsAcceptance(tx, { personId: person.id, version, hash: texts[locale].hash, locale });
      return {
        signal: 'termsAccepted',
        event: 'terms.accepted',
        facts: { termsAccepted: true },
        tell: { type: 'onboarding.step_completed', data: { step: 'terms' } },
        details: { version, locale },
      };
    });
    web.delivery.poke();
    await toCurrentStep(ctx, web, person.id);
  });

  router.get(DECLINED, travelling(web, { enough: true }), (ctx) => showNotice(ctx, web, 'declined'));
}
