/** Resuming on another device or after a while: prove again what is set up, then go to the exact step. */
import { FORGOTTEN_HERE } from '../account/forgottenPassword.ts';
import {
  checkOwnPassword,
  type OwnPasswordRefusal,
  ownPasswordError,
  ownPasswordField,
} from '../account/ownPassword.ts';
import { type Ctx, participant, seeOther, type Web } from '../context.ts';
import { CONTINUE, missingProof, pathOf, toCurrentStep } from '../middleware/guard.ts';
import { elevateSession } from '../middleware/session.ts';
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
  title: 'Continue where you stopped',
  text: 'Welcome back. Enter the password that you chose yourself, so we know that it is you.',
  username: 'User name',
  goOn: 'Continue',
  forgotten: 'Forgotten your password? Get an e-mail',
  orForgotten:
    'Or choose "Forgotten your password?" and use the e-mail we send you to continue straight away.',
};
export const WORDS = { nl, en };

function showPassword(ctx: Ctx, refused?: OwnPasswordRefusal): void {
  const { person } = participant(ctx);
  const words = WORDS[ctx.state.locale];
  const also = refused === 'too-many-elsewhere' ? ` ${words.orForgotten}` : '';
  const errors = { password: refused && `${ownPasswordError(ctx, refused)}${also}` };
  showPage(ctx, {
    title: words.title,
    onboarding: true,
    rejected: Boolean(refused),
    body: html`${errorSummary(ctx, errors)}<h1>${words.title}</h1><p>${words.text}</p>
${form(ctx, {
  body: html`${inputField(ctx, { name: 'username', label: words.username, value: person.email, readonly: true, autocomplete: 'username', plain: true, errors })}
${ownPasswordField(ctx, errors)}
<div class="actions">${button(words.goOn)}</div>`,
})}
${form(ctx, { action: FORGOTTEN_HERE, body: html`<button class="secondary">${words.forgotten}</button>` })}`,
  });
}

/** The second factor, proven again during onboarding. */
export const continueFactor = (web: Web): FactorPurpose =>
  proving(web, {
    path: CONTINUE,
    name: 'sign-in',
    onboarding: true,
    afterwards: toCurrentStep,
  });

export function showContinue(ctx: Ctx, web: Web): Promise<void> | void {
  const { session, facts, standing } = participant(ctx);
  switch (missingProof(session, facts)) {
    case 'link':
      return showNotice(ctx, 'noSession');
    case 'password':
      return showPassword(ctx);
    case 'factor':
      return toFactor(ctx, web, continueFactor(web));
    case undefined:
      return seeOther(ctx, pathOf(standing));
  }
}

export async function provePassword(ctx: Ctx, web: Web): Promise<void> {
  const { session, person, facts } = participant(ctx);
  if (missingProof(session, facts) !== 'password') return seeOther(ctx, CONTINUE);
  const verdict = await checkOwnPassword(ctx, web, person);
  if (verdict !== 'right') return showPassword(ctx, verdict);
  await elevateSession(ctx, web, { session, proofs: ['password'] });
  const proven = { ...session, passwordAt: new Date() };
  if (missingProof(proven, facts) === 'factor') return toFactor(ctx, web, continueFactor(web));
  toCurrentStep(ctx);
}
