/** Going on, on another device or after a while: what is set up is proven again, then the exact step. */
import type Router from '@koa/router';
import { FORGOTTEN_HERE } from '../account/forgottenPassword.ts';
import {
  checkOwnPassword,
  type OwnPasswordRefusal,
  ownPasswordError,
  ownPasswordField,
} from '../account/ownPassword.ts';
import { type Ctx, type State, seeOther, traveller, type Web } from '../context.ts';
import { CONTINUE, missingProof, pathOf, toCurrentStep, travelling } from '../middleware/guard.ts';
import { formToken, prove } from '../middleware/session.ts';
import { factorPages } from '../secondFactor/pages.ts';
import { proving, toFactor } from '../secondFactor/proving.ts';
import type { FactorPurpose } from '../secondFactor/purpose.ts';
import { button, errorSummary, form, inputField } from '../ui/form.ts';
import { html } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { showNotice } from '../ui/notices.ts';

const nl = {
  title: 'Ga verder waar u was',
  text: 'Welkom terug. Vul het wachtwoord in dat u zelf hebt gekozen, dan weten we dat u het bent.',
  username: 'Gebruikersnaam',
  goOn: 'Verder',
  forgotten: 'Wachtwoord vergeten? Laat een e-mail sturen',
  orForgotten: 'Of kies "Wachtwoord vergeten?": met de e-mail die u dan krijgt, kunt u meteen verder.',
};
const en: typeof nl = {
  title: 'Go on where you were',
  text: 'Welcome back. Fill in the password that you chose yourself, so we know that it is you.',
  username: 'User name',
  goOn: 'Continue',
  forgotten: 'Forgotten your password? Have an e-mail sent',
  orForgotten:
    'Or choose "Forgotten your password?": with the e-mail that you get then, you can go on at once.',
};
const WORDS = { nl, en };

function showPassword(ctx: Ctx, web: Web, refused?: OwnPasswordRefusal): void {
  const { session, person } = traveller(ctx);
  const words = WORDS[ctx.state.locale];
  const also = refused === 'too-many-elsewhere' ? ` ${words.orForgotten}` : '';
  const errors = { password: refused && `${ownPasswordError(ctx, refused)}${also}` };
  showPage(ctx, {
    title: words.title,
    onboarding: true,
    rejected: Boolean(refused),
    helpContact: web.config.HELP_CONTACT,
    body: html`${errorSummary(ctx, errors)}<h1>${words.title}</h1><p>${words.text}</p>
${form(ctx, {
  token: formToken(web, session),
  body: html`${inputField(ctx, { name: 'username', label: words.username, value: person.email, readonly: true, autocomplete: 'username', plain: true, errors })}
${ownPasswordField(ctx, errors)}
<div class="actions">${button(words.goOn)}</div>`,
})}
${form(ctx, { action: FORGOTTEN_HERE, token: formToken(web, session), body: html`<button class="secondary">${words.forgotten}</button>` })}`,
  });
}

async function provePassword(ctx: Ctx, web: Web, factor: FactorPurpose): Promise<void> {
  const { session, person, facts } = traveller(ctx);
  const verdict = await checkOwnPassword(ctx, web, person);
  if (verdict !== 'right') return showPassword(ctx, web, verdict);
  await prove(ctx, web, { session, proofs: ['password'] });
  const proven = { ...session, passwordAt: new Date() };
  if (missingProof(proven, facts) === 'factor') return toFactor(ctx, web, factor);
  await toCurrentStep(ctx, web, person.id);
}

export function continuePages(router: Router<State>, web: Web): void {
  const guard = travelling(web, { enough: false });
  const factor = proving(web, {
    path: CONTINUE,
    name: 'sign-in',
    onboarding: true,
    guard: (ctx, next) =>
      guard(ctx, async () => {
        const { session, facts } = traveller(ctx);
        if (missingProof(session, facts) !== 'factor') return seeOther(ctx, CONTINUE);
        await next();
      }),
    afterwards: (ctx, session) => toCurrentStep(ctx, web, session.personId),
  });
  factorPages(router, web, factor);

  router.get(CONTINUE, guard, async (ctx) => {
    const { session, facts, standing } = traveller(ctx);
    switch (missingProof(session, facts)) {
      case 'link':
        return showNotice(ctx, web, 'noSession');
      case 'password':
        return showPassword(ctx, web);
      case 'factor':
        return toFactor(ctx, web, factor);
      case undefined:
        return seeOther(ctx, pathOf(standing));
    }
  });

  router.post(CONTINUE, guard, async (ctx) => {
    const { session, facts } = traveller(ctx);
    if (missingProof(session, facts) !== 'password') return seeOther(ctx, CONTINUE);
    await provePassword(ctx, web, factor);
  });
}
