/** The pages that ask for a code or a token of somebody who has set them up, for sign-in and for going on alike. */

import type { Session } from '../db/sessions.ts';
import { verifiedPhone } from '../db/smsCodes.ts';
import { type Html, html } from '../html.ts';
import type { Ctx, Web } from './context.ts';
import { methodsOf, signInCodeOf } from './factor.ts';
import { button, errorSummary, form, inputField, quietButton } from './form.ts';
import { showPage } from './layout.ts';
import { masked } from './phone.ts';
import { formToken } from './session.ts';
import { type TokenRefusal, tokenWords } from './steps/app.ts';
import { answeringTooSoon, deliveryOf, resendWait, showDelivery } from './steps/smsDelivery.ts';
import { type CodeRefusal, codeWords } from './steps/smsErrors.ts';

const nl = {
  appTitle: 'Code uit uw authenticatie-app',
  appText: 'Open de authenticatie-app en vul de zes cijfers in die bij Instap staan.',
  token: 'Token',
  smsTitle: 'Code per SMS',
  smsText: (phone: string) => `We sturen een code naar uw nummer dat eindigt op ${phone}.`,
  send: 'Code versturen',
  code: 'Code uit de SMS',
  confirm: 'Bevestigen',
  resend: 'De SMS opnieuw sturen',
  useSms: 'Liever een code per SMS',
  useApp: 'Liever de authenticatie-app',
  lost: 'Lukt het niet? Vraag om hulp: onderaan deze pagina staat bij wie.',
};
const en: typeof nl = {
  appTitle: 'Code from your authenticator app',
  appText: 'Open the authenticator app and fill in the six digits that it shows at Instap.',
  token: 'Token',
  smsTitle: 'Code by SMS',
  smsText: (phone) => `We send a code to your number that ends in ${phone}.`,
  send: 'Send code',
  code: 'Code from the SMS',
  confirm: 'Confirm',
  resend: 'Send the SMS again',
  useSms: 'Use a code by SMS instead',
  useApp: 'Use the authenticator app instead',
  lost: 'Does it not work? Ask for help: the bottom of this page says whom.',
};
const WORDS = { nl, en };

type Asked = {
  session: Session;
  /** Where both forms post to: the page of the code, and of the token. */
  smsPath: string;
  appPath: string;
  /** On the way through: with "I can't do this". */
  onboarding: boolean;
};

export async function showTokenPage(
  ctx: Ctx,
  web: Web,
  asked: Asked & { refused?: TokenRefusal },
): Promise<void> {
  const { locale } = ctx.state;
  const words = WORDS[locale];
  const { session, refused } = asked;
  const token = formToken(web, session);
  const methods = await methodsOf(web, session.personId);
  const errors = { token: refused && tokenWords(locale, refused, methods.includes('sms')) };
  showPage(ctx, {
    title: words.appTitle,
    onboarding: asked.onboarding,
    rejected: Boolean(refused),
    helpContact: web.config.HELP_CONTACT,
    body: html`${errorSummary(ctx, errors)}<h1>${words.appTitle}</h1><p>${words.appText}</p>
${form(ctx, {
  action: asked.appPath,
  token,
  body: html`${codeInput(ctx, 'token', words.token, errors)}<div class="actions">${button(words.confirm)}</div>`,
})}
${methods.includes('sms') && form(ctx, { action: asked.smsPath, token, body: html`<p>${quietButton(words.useSms, 'resend')}</p>` })}
<p class="soft">${words.lost}</p>`,
  });
}

export async function showCodePage(
  ctx: Ctx,
  web: Web,
  asked: Asked & { refused?: CodeRefusal },
): Promise<void> {
  const { locale } = ctx.state;
  const words = WORDS[locale];
  const { session, refused } = asked;
  const token = formToken(web, session);
  const [methods, phone, sent] = await Promise.all([
    methodsOf(web, session.personId),
    verifiedPhone(web.db, session.personId),
    signInCodeOf(web, session.personId),
  ]);
  const errors = { code: refused && codeWords(locale, refused, methods.includes('app')) };
  const delivery = sent && !sent.usedAt && answeringTooSoon(ctx, await deliveryOf(web, sent, locale));
  // Nothing was sent yet, as after opening this page by its address: a page never sends by itself.
  const sendForm = form(ctx, {
    action: asked.smsPath,
    token,
    body: html`${errors.code && html`<p class="error" id="code">${errors.code}</p>`}
<div class="actions">${button(words.send, 'resend')}</div>`,
  });
  const codeForms = () => html`${form(ctx, {
    action: asked.smsPath,
    token,
    body: html`${codeInput(ctx, 'code', words.code, errors)}<div class="actions">${button(words.confirm, 'confirm')}</div>`,
  })}
${delivery && resendWait(delivery, locale)}
${form(ctx, { action: asked.smsPath, token, body: html`${quietButton(words.resend, 'resend')}` })}`;
  showPage(ctx, {
    title: words.smsTitle,
    onboarding: asked.onboarding,
    rejected: Boolean(refused),
    helpContact: web.config.HELP_CONTACT,
    body: html`${errorSummary(ctx, errors)}<h1>${words.smsTitle}</h1><p>${words.smsText(masked(phone ?? ''))}</p>
${delivery && showDelivery({ delivery, page: asked.smsPath, locale })}
${sent && !sent.usedAt ? codeForms() : sendForm}
${methods.includes('app') && html`<p><a class="alone" href="${asked.appPath}">${words.useApp}</a></p>`}
<p class="soft">${words.lost}</p>`,
  });
}

function codeInput(
  ctx: Ctx,
  name: 'code' | 'token',
  label: string,
  errors: Record<string, string | undefined>,
): Html {
  return inputField(ctx, {
    name,
    label,
    errors,
    autocomplete: 'one-time-code',
    inputmode: 'numeric',
    width: 'code',
    plain: true,
  });
}
