/** The page for the code from the SMS: during set-up, at sign-in, when resuming and for a reset. */
import { type Ctx, field, participant, seeOther, type Web } from '../context.ts';
import { PATHS } from '../middleware/guard.ts';
import { masked, readable } from '../phone.ts';
import {
  button,
  codeField,
  errorSummary,
  explanation,
  type FieldErrors,
  form,
  quietButton,
} from '../ui/form.ts';
import { type Html, html } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { WORDS as SHARED } from '../ui/words.ts';
import { answerCheck, type CodeRefusal, checkPostedCode } from './check.ts';
import { secondFactorLost } from './explained.ts';
import { type FactorPurpose, type NoCode, newestCode, wordsKeyOf } from './purpose.ts';
import {
  afterResend,
  answerDelivery,
  type Delivery,
  deliveryOf,
  NOT_RECEIVED,
  resendWait,
  showDelivery,
} from './smsDelivery.ts';
import { wayOn } from './smsNumber.ts';
import { isNoCode, noCodeWords, requestCode } from './smsRequest.ts';

const MINUTE_MS = 60_000;

const nl = {
  enrol: {
    title: 'Vul de code uit de SMS in',
    code: 'Bevestigingscode',
    confirm: 'Doorvoeren',
    sentTo: 'De code gaat naar',
    wasFor: 'De SMS was voor',
  },
  prove: {
    title: 'Code per SMS',
    code: 'Code uit de SMS',
    confirm: 'Bevestigen',
    sentTo: 'We sturen een code naar uw nummer dat eindigt op',
    wasFor: 'De code was voor uw nummer dat eindigt op',
  },
  hint: 'Zes cijfers, uit de SMS.',
  help: (minutes: number) =>
    `Open de SMS op uw telefoon en neem de zes cijfers over. U mag ze ook plakken. Veel telefoons bieden de code boven het toetsenbord aan: tik erop. De code werkt ${minutes} minuten.`,
  send: 'Code versturen',
  resend: 'De SMS opnieuw sturen',
  cameAfterAll: 'Toch nog een code gekregen?',
  notReceived: 'Geen SMS ontvangen',
  patience: 'Meestal is de SMS er binnen een minuut. Duurt het langer, kijk dan dit na:',
  look: [
    'Klopt het nummer hierboven?',
    'Heeft uw telefoon bereik, en staat de vliegtuigstand uit?',
    'Staat de SMS bij ongewenste of geblokkeerde berichten?',
  ],
  todo: 'Nog steeds niets? Dit kunt u doen:',
  change: 'Telefoonnummer wijzigen',
  setUpApp: 'De authenticatie-app gebruiken',
  useApp: 'Liever de authenticatie-app',
  errors: {
    missing: 'Vul de code uit de SMS in.',
    'not-six': 'De code heeft zes cijfers. Controleer of u er niet te veel of te weinig hebt ingevuld.',
    wrong: 'Deze code is niet juist. Kijk naar de nieuwste SMS en vul de zes cijfers opnieuw in.',
    expired: 'Deze code is verlopen. Laat een nieuwe SMS sturen.',
    'too-many':
      'Er is te vaak een verkeerde code ingevuld. Deze code werkt niet meer. Laat een nieuwe SMS sturen.',
    none: 'Deze code werkt niet meer. Laat een nieuwe SMS sturen.',
  } satisfies Record<CodeRefusal, string>,
};
const en: typeof nl = {
  enrol: {
    title: 'Enter the code from the SMS',
    code: 'Confirmation code',
    confirm: 'Confirm',
    sentTo: 'The code goes to',
    wasFor: 'The SMS was for',
  },
  prove: {
    title: 'Code by SMS',
    code: 'Code from the SMS',
    confirm: 'Confirm',
    sentTo: 'We send a code to your number ending in',
    wasFor: 'The code was for your number ending in',
  },
  hint: 'Six digits, from the SMS.',
  help: (minutes) =>
    `Open the SMS on your phone and copy the six digits. You can also paste them. Many phones show the code above the keyboard: tap it. The code works for ${minutes} minutes.`,
  send: 'Send code',
  resend: 'Send the SMS again',
  cameAfterAll: 'Got a code after all?',
  notReceived: 'No SMS received',
  patience: 'The SMS usually arrives within a minute. If it takes longer, check this:',
  look: [
    'Is the number above correct?',
    'Does your phone have a signal, and is flight mode off?',
    'Is the SMS with your spam or blocked messages?',
  ],
  todo: 'Still nothing? You can:',
  change: 'Change number',
  setUpApp: 'Use the authenticator app',
  useApp: 'Use the authenticator app instead',
  errors: {
    missing: 'Enter the code from the SMS.',
    'not-six': 'The code must have six digits. Check that you have not entered too few or too many.',
    wrong: 'This code is not correct. Check the newest SMS and enter the six digits again.',
    expired: 'This code has expired. Ask for a new SMS.',
    'too-many': 'A wrong code was entered too many times, so this one no longer works. Ask for a new SMS.',
    none: 'This code no longer works. Ask for a new SMS.',
  },
};
export const WORDS = { nl, en };

type Refusal = CodeRefusal | NoCode;

type CodePage = {
  purpose: FactorPurpose;
  number: Html;
  /** Undefined when nothing was sent, for example after opening this page by its URL: a page never sends by itself. */
  delivery?: Delivery;
  canUseApp: boolean;
  errors: FieldErrors;
};

export async function showCode(ctx: Ctx, web: Web, purpose: FactorPurpose, refused?: Refusal): Promise<void> {
  const { locale } = ctx.state;
  const words = WORDS[locale];
  const enrols = purpose.name === 'enrol';
  const sent = await newestCode(ctx, web, purpose);
  const shown = sent && (!sent.usedAt || (enrols && refused)) ? sent : undefined;
  if (enrols && !shown) return seeOther(ctx, PATHS.sms);
  const phone = enrols ? sent?.phone : await purpose.phone(ctx);
  const canUseApp = await purpose.canUse(ctx, 'app');
  const why =
    refused && (isNoCode(refused) ? noCodeWords(locale, refused, canUseApp) : words.errors[refused]);
  const page: CodePage = {
    purpose,
    number: enrols
      ? html`<span class="number">${readable(phone ?? '')}</span>`
      : html`${masked(phone ?? '')}`,
    delivery: shown && deliveryOf(ctx, web, shown),
    canUseApp,
    errors: { code: why },
  };
  const ended = page.delivery?.ended;
  const title = ended?.title ?? words[wordsKeyOf(purpose.name)].title;
  const box = page.delivery && showDelivery({ delivery: page.delivery, page: purpose.codePath, locale });
  const number = numberLine(ctx, page);
  showPage(ctx, {
    title,
    step: enrols ? 'sms' : undefined,
    onboarding: purpose.onboarding,
    rejected: Boolean(refused),
    // Not after a rejected form, because reloading would remove its errors.
    loadAgainAfterS: refused ? undefined : page.delivery?.loadAgainAfterS,
    body: html`${errorSummary(ctx, page.errors)}<h1>${title}</h1>
${enrols && ended ? html`${box}${number}` : html`${number}${box}`}
${enrols ? waysWhileEnrolling(ctx, web, page) : waysWhileProving(ctx, web, page)}`,
  });
}

function numberLine(ctx: Ctx, { purpose, number, delivery }: CodePage): Html {
  const words = WORDS[ctx.state.locale];
  const { sentTo, wasFor } = words[wordsKeyOf(purpose.name)];
  if (delivery?.ended) return html`<p>${wasFor} ${number}.</p>`;
  const change = purpose.name === 'enrol' && html` <a href="${PATHS.sms}">${words.change}</a>`;
  return html`<p>${sentTo} ${number}.${change}</p>`;
}

/** The main action first: entering the code, or what helps when no code will come. */
function waysWhileEnrolling(ctx: Ctx, web: Web, page: CodePage): Html {
  const { delivery } = page;
  const { locale } = ctx.state;
  const words = WORDS[locale];
  if (!delivery?.ended)
    return html`${codeForm(ctx, web, page)}
${explanation({
  id: NOT_RECEIVED,
  open: delivery?.bad,
  label: words.notReceived,
  body: html`<p>${words.patience}</p><ul>${words.look.map((one) => html`<li>${one}</li>`)}</ul><p>${words.todo}</p>
${sendAgain(ctx, page, false)}
${wayOn(ctx, false)}
${otherNumberOrApp(ctx, 'secondary')}`,
})}`;
  const goesOn = wayOn(ctx, true);
  const otherNumber = delivery.ended.todo === 'otherNumber';
  return html`${goesOn}
${!otherNumber && sendAgain(ctx, page, !goesOn)}
${otherNumberOrApp(ctx, otherNumber && !goesOn ? 'primary' : 'secondary')}
${lateCode(ctx, web, page)}`;
}

function waysWhileProving(ctx: Ctx, web: Web, page: CodePage): Html {
  const { delivery, errors, canUseApp, purpose } = page;
  const { locale } = ctx.state;
  const ended = delivery?.ended;
  const appFirst = ended?.todo === 'otherNumber' && canUseApp;
  const send = sendAgain(ctx, page, !delivery || (ended !== undefined && ended.todo !== 'otherNumber'));
  const app =
    canUseApp &&
    html`<div class="actions"><a class="${appFirst ? 'primary' : 'secondary'}" href="${purpose.tokenPath}">${WORDS[locale].useApp}</a></div>`;
  const code = delivery
    ? !ended && codeForm(ctx, web, page)
    : errors.code && html`<p class="error" id="code">${errors.code}</p>`;
  return html`${code}${appFirst ? html`${app}${send}` : html`${send}${app}`}${lateCode(ctx, web, page)}
<p class="soft">${secondFactorLost(locale)}</p>`;
}

/** Another number, or the app for a person who does not have it yet. */
function otherNumberOrApp(ctx: Ctx, change: 'primary' | 'secondary'): Html {
  const words = WORDS[ctx.state.locale];
  const { appVerified } = participant(ctx).facts;
  return html`<div class="actions"><a class="${change}" href="${PATHS.sms}">${words.change}</a>
${!appVerified && html`<a class="secondary" href="${PATHS.app}">${words.setUpApp}</a>`}</div>`;
}

function sendAgain(ctx: Ctx, { purpose, delivery }: CodePage, isMain: boolean): Html {
  const { locale } = ctx.state;
  const label = delivery ? WORDS[locale].resend : WORDS[locale].send;
  return html`${delivery && resendWait(delivery, locale)}
${form(ctx, { action: purpose.codePath, body: (isMain ? button : quietButton)(label, 'resend') })}`;
}

/** Offers to request a code only where one may still come. */
function lateCode(ctx: Ctx, web: Web, page: CodePage): Html | false {
  const { delivery, errors } = page;
  if (!delivery?.ended || (delivery.ended.todo !== 'again' && !errors.code)) return false;
  return explanation({
    label: WORDS[ctx.state.locale].cameAfterAll,
    open: Boolean(errors.code),
    body: codeForm(ctx, web, page),
  });
}

function codeForm(ctx: Ctx, web: Web, { purpose, errors, delivery }: CodePage): Html {
  const { locale } = ctx.state;
  const words = WORDS[locale];
  const { code, confirm } = words[wordsKeyOf(purpose.name)];
  const minutes = Math.round(web.config.SMS_CODE_TTL / MINUTE_MS);
  const explained = {
    hint: words.hint,
    explanation: { label: SHARED[locale].explain, body: html`<p>${words.help(minutes)}</p>` },
  };
  return form(ctx, {
    action: purpose.codePath,
    body: html`${codeField(ctx, { name: 'code', label: code, errors, ...(purpose.name === 'enrol' && explained) })}
<div class="actions">${(delivery?.ended ? quietButton : button)(confirm, 'confirm')}</div>`,
  });
}

async function resend(ctx: Ctx, web: Web, purpose: FactorPurpose): Promise<void> {
  const { codePath } = purpose;
  const phone = await purpose.phone(ctx);
  if (!phone) return seeOther(ctx, codePath);
  const request = await requestCode(ctx, web, purpose, phone);
  if (isNoCode(request)) return showCode(ctx, web, purpose, request);
  afterResend(ctx, { page: codePath, tooSoon: request === 'too-soon' });
}

export async function enterCode(ctx: Ctx, web: Web, purpose: FactorPurpose): Promise<void> {
  if (field(ctx, 'action') === 'resend') return resend(ctx, web, purpose);
  const checked = await checkPostedCode(ctx, web, purpose);
  await answerCheck(ctx, web, purpose, checked, (why) => showCode(ctx, web, purpose, why));
}

/** The state of the SMS, for the page that asks every few seconds. */
export async function showNews(ctx: Ctx, web: Web, purpose: FactorPurpose): Promise<void> {
  const { codePath } = purpose;
  const sent = await newestCode(ctx, web, purpose);
  if (!sent) return seeOther(ctx, codePath);
  answerDelivery(ctx, { delivery: deliveryOf(ctx, web, sent), page: codePath });
}
