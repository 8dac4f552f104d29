/** The pages that ask for a code or a token of somebody who has set them up, for sign-in and for going on alike. */

import type { Session } from '../db/sessions.ts';
import { verifiedPhone } from '../db/smsCodes.ts';
import type { Ctx, Web } from './context.ts';
import { methodsOf, signInCodeOf } from './factor.ts';
import { formToken } from './middleware/session.ts';
import { masked } from './phone.ts';
import { type TokenRefusal, tokenWords } from './steps/app.ts';
import {
  answeringTooSoon,
  type Delivery,
  deliveryOf,
  resendWait,
  showDelivery,
} from './steps/smsDelivery.ts';
import { type CodeRefusal, codeWords } from './steps/smsErrors.ts';
import {
  button,
  errorSummary,
  explanation,
  type FieldErrors,
  form,
  inputField,
  quietButton,
} from './ui/form.ts';
import { type Html, html } from './ui/html.ts';
import { showPage } from './ui/layout.ts';

const nl = {
  appTitle: 'Code uit uw authenticatie-app',
  appText: 'Open de authenticatie-app en vul de zes cijfers in die bij Instap staan.',
  token: 'Token',
  smsTitle: 'Code per SMS',
  smsText: (phone: string) => `We sturen een code naar uw nummer dat eindigt op ${phone}.`,
  smsWas: (phone: string) => `De code was voor uw nummer dat eindigt op ${phone}.`,
  send: 'Code versturen',
  code: 'Code uit de SMS',
  confirm: 'Bevestigen',
  resend: 'De SMS opnieuw sturen',
  cameAfterAll: 'Toch nog een code gekregen?',
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
  smsWas: (phone) => `The code was for your number that ends in ${phone}.`,
  send: 'Send code',
  code: 'Code from the SMS',
  confirm: 'Confirm',
  resend: 'Send the SMS again',
  cameAfterAll: 'Did you get a code after all?',
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
${methods.includes('sms') && form(ctx, { action: asked.smsPath, token, body: quietButton(words.useSms, 'resend') })}
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
  const [methods, phone, sent] = await Promise.all([
    methodsOf(web, session.personId),
    verifiedPhone(web.db, session.personId),
    signInCodeOf(web, session.personId),
  ]);
  const errors = { code: refused && codeWords(locale, refused, methods.includes('app')) };
  const delivery =
    sent && !sent.usedAt ? answeringTooSoon(ctx, await deliveryOf(web, sent, locale)) : undefined;
  const ended = delivery?.ended;
  const title = ended?.title ?? words.smsTitle;
  const number = (ended ? words.smsWas : words.smsText)(masked(phone ?? ''));
  const shown = {
    ...asked,
    errors,
    delivery,
    hasApp: methods.includes('app'),
    token: formToken(web, session),
  };
  showPage(ctx, {
    title,
    onboarding: asked.onboarding,
    rejected: Boolean(refused),
    helpContact: web.config.HELP_CONTACT,
    loadAgainAfterS: refused ? undefined : delivery?.loadAgainAfterS,
    body: html`${errorSummary(ctx, errors)}<h1>${title}</h1><p>${number}</p>
${delivery && showDelivery({ delivery, page: asked.smsPath, locale })}
${waysOn(ctx, shown)}
<p class="soft">${words.lost}</p>`,
  });
}

type Shown = Asked & {
  errors: FieldErrors;
  /** Undefined when nothing was sent yet, as after opening this page by its address: a page never sends by itself. */
  delivery?: Delivery;
  hasApp: boolean;
  token: string;
};

/** The main way on first: the code, or what helps when none will come. */
function waysOn(ctx: Ctx, shown: Shown): Html {
  const { delivery, errors, hasApp, smsPath, appPath, token } = shown;
  const words = WORDS[ctx.state.locale];
  const ended = delivery?.ended;
  const appFirst = ended?.todo === 'otherNumber' && hasApp;
  const sendIsMain = !delivery || (ended && ended.todo !== 'otherNumber');
  const code = form(ctx, {
    action: smsPath,
    token,
    body: html`${codeInput(ctx, 'code', words.code, errors)}<div class="actions">${ended ? quietButton(words.confirm, 'confirm') : button(words.confirm, 'confirm')}</div>`,
  });
  const label = delivery ? words.resend : words.send;
  const send = html`${delivery && resendWait(delivery, ctx.state.locale)}
${form(ctx, { action: smsPath, token, body: sendIsMain ? button(label, 'resend') : quietButton(label, 'resend') })}`;
  const app =
    hasApp &&
    html`<div class="actions"><a class="${appFirst ? 'primary' : 'secondary'}" href="${appPath}">${words.useApp}</a></div>`;
  if (!delivery)
    return html`${errors.code && html`<p class="error" id="code">${errors.code}</p>`}${send}${app}`;
  if (!ended) return html`${code}${send}${app}`;
  const late =
    (ended.todo === 'again' || errors.code) &&
    explanation({ label: words.cameAfterAll, open: Boolean(errors.code), body: code });
  return appFirst ? html`${app}${send}${late}` : html`${send}${app}${late}`;
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
    code: true,
    plain: true,
  });
}
