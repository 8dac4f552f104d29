/** The code from the SMS. */
import type Router from '@koa/router';
import { recordStep } from '../../db/onboardings.ts';
import { stepUp } from '../../db/sessions.ts';
import {
  type CodeVerdict,
  checkSmsCode,
  newestSmsCode,
  type SmsCode,
  setVerifiedPhone,
} from '../../db/smsCodes.ts';
import { dropTemporaryPasswords } from '../../db/temporaryPasswords.ts';
import { type Ctx, field, type State, seeOther, traveller, type Web } from '../context.ts';
import { countCode } from '../metrics.ts';
import { proveAgain } from '../middleware/duplicateSubmit.ts';
import { atStep, PATHS, toCurrentStep } from '../middleware/guard.ts';
import { carry, formToken } from '../middleware/session.ts';
import { readable } from '../phone.ts';
import { sixDigits, smsRules } from '../smsRules.ts';
import {
  button,
  errorSummary,
  explanation,
  type FieldErrors,
  form,
  inputField,
  quietButton,
} from '../ui/form.ts';
import { type Html, html } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { WORDS as SHARED } from '../ui/words.ts';
import { requestSms, SMS_CODE, wayOn } from './sms.ts';
import {
  afterResend,
  answerDelivery,
  answeringTooSoon,
  type Delivery,
  deliveryOf,
  NOT_RECEIVED,
  newsOf,
  resendWait,
  showDelivery,
  type Todo,
} from './smsDelivery.ts';
import { type CodeRefusal, codeWords } from './smsErrors.ts';

const MINUTE_MS = 60_000;

const nl = {
  title: 'Vul de code uit de SMS in',
  sentTo: 'De code gaat naar',
  wasFor: 'De SMS was voor',
  change: 'Telefoonnummer wijzigen',
  code: 'Bevestigingscode',
  hint: 'Zes cijfers, uit de SMS.',
  help: (minutes: number) =>
    `Open de SMS op uw telefoon en neem de zes cijfers over. U mag ze ook plakken. Veel telefoons bieden de code boven het toetsenbord aan: tik erop. De code werkt ${minutes} minuten.`,
  confirm: 'Doorvoeren',
  notReceived: 'Geen SMS ontvangen',
  patience: 'Meestal is de SMS er binnen een minuut. Duurt het langer, kijk dan dit na:',
  check: [
    'Klopt het nummer hierboven?',
    'Heeft uw telefoon bereik, en staat de vliegtuigstand uit?',
    'Staat de SMS bij ongewenste of geblokkeerde berichten?',
  ],
  todo: 'Nog steeds niets? Dit kunt u doen:',
  resend: 'De SMS opnieuw sturen',
  cameAfterAll: 'Toch nog een code gekregen?',
  app: 'De authenticatie-app gebruiken',
};
const en: typeof nl = {
  title: 'Fill in the code from the SMS',
  sentTo: 'The code goes to',
  wasFor: 'The SMS was for',
  change: 'Change number',
  code: 'Confirmation code',
  hint: 'Six digits, from the SMS.',
  help: (minutes) =>
    `Open the SMS on your phone and copy the six digits. You may paste them, too. Many phones offer the code above the keyboard: tap it. The code works for ${minutes} minutes.`,
  confirm: 'Confirm',
  notReceived: 'No SMS received',
  patience: 'The SMS usually arrives within a minute. If it takes longer, check this:',
  check: [
    'Is the number above right?',
    'Does your phone have a signal, and is flight mode off?',
    'Is the SMS among the unwanted or blocked messages?',
  ],
  todo: 'Still nothing? This is what you can do:',
  resend: 'Send the SMS again',
  cameAfterAll: 'Did you get a code after all?',
  app: 'Use the authenticator app',
};
const WORDS = { nl, en };

function newestCode(ctx: Ctx, { db, config }: Web): Promise<SmsCode | undefined> {
  return newestSmsCode(db, {
    personId: traveller(ctx).person.id,
    purpose: 'enrol',
    ttlMs: config.SMS_CODE_TTL,
  });
}

async function showCode(ctx: Ctx, web: Web, refused?: CodeRefusal): Promise<void> {
  const sent = await newestCode(ctx, web);
  if (!sent || (sent.usedAt && !refused)) return seeOther(ctx, PATHS.sms);
  const { locale } = ctx.state;
  const delivery = answeringTooSoon(ctx, await deliveryOf(web, sent, locale));
  const errors = { code: refused && codeWords(locale, refused) };
  const shown = { delivery, token: formToken(web, traveller(ctx).session), errors };
  const title = delivery.ended?.title ?? WORDS[locale].title;
  showPage(ctx, {
    title,
    step: 'sms',
    onboarding: true,
    rejected: Boolean(refused),
    helpContact: web.config.HELP_CONTACT,
    // Not after a rejected form: its words would be gone.
    loadAgainAfterS: refused ? undefined : delivery.loadAgainAfterS,
    body: html`${errorSummary(ctx, errors)}<h1>${title}</h1>
${delivery.ended ? noCodeComes(ctx, web, { ...shown, todo: delivery.ended.todo, sent }) : codeIsAwaited(ctx, web, { ...shown, sent })}`,
  });
}

type Shown = { delivery: Delivery; token: string; errors: FieldErrors; sent: SmsCode };

function codeIsAwaited(ctx: Ctx, web: Web, shown: Shown): Html {
  const { delivery, token, sent } = shown;
  const { locale } = ctx.state;
  const words = WORDS[locale];
  return html`<p>${words.sentTo} <span class="number">${readable(sent.phone)}</span>. <a href="${PATHS.sms}">${words.change}</a></p>
${showDelivery({ delivery, page: SMS_CODE, locale })}
${codeForm(ctx, web, shown)}
${explanation({
  id: NOT_RECEIVED,
  open: delivery.bad,
  label: words.notReceived,
  body: html`<p>${words.patience}</p><ul>${words.check.map((one) => html`<li>${one}</li>`)}</ul><p>${words.todo}</p>
${resendWait(delivery, locale)}
${form(ctx, { token, body: quietButton(words.resend, 'resend') })}
${wayOn(ctx, token, false)}
${otherWays(ctx, 'secondary')}`,
})}`;
}

/** Another number, or the app for somebody who does not have it yet. */
function otherWays(ctx: Ctx, change: 'primary' | 'secondary'): Html {
  const words = WORDS[ctx.state.locale];
  const { appVerified } = traveller(ctx).facts;
  return html`<div class="actions"><a class="${change}" href="${PATHS.sms}">${words.change}</a>
${!appVerified && html`<a class="secondary" href="${PATHS.app}">${words.app}</a>`}</div>`;
}

/** What helps comes first; a code is asked for only where one may still come. */
function noCodeComes(ctx: Ctx, web: Web, shown: Shown & { todo: Todo }): Html {
  const { delivery, token, sent, todo, errors } = shown;
  const { locale } = ctx.state;
  const words = WORDS[locale];
  const goesOn = wayOn(ctx, token, true);
  const again = form(ctx, { token, body: (goesOn ? quietButton : button)(words.resend, 'resend') });
  const otherNumber = todo === 'otherNumber';
  return html`${showDelivery({ delivery, page: SMS_CODE, locale })}
<p>${words.wasFor} <span class="number">${readable(sent.phone)}</span>.</p>
${resendWait(delivery, locale)}
${goesOn}
${!otherNumber && again}
${otherWays(ctx, otherNumber && !goesOn ? 'primary' : 'secondary')}
${
  (todo === 'again' || errors.code) &&
  explanation({
    label: words.cameAfterAll,
    open: Boolean(errors.code),
    body: codeForm(ctx, web, shown),
  })
}`;
}

function codeForm(ctx: Ctx, web: Web, { token, errors, delivery }: Shown): Html {
  const { locale } = ctx.state;
  const words = WORDS[locale];
  const minutes = Math.round(web.config.SMS_CODE_TTL / MINUTE_MS);
  return form(ctx, {
    token,
    body: html`${inputField(ctx, {
      name: 'code',
      label: words.code,
      hint: words.hint,
      autocomplete: 'one-time-code',
      inputmode: 'numeric',
      code: true,
      plain: true,
      explanation: { label: SHARED[locale].explain, body: html`<p>${words.help(minutes)}</p>` },
      errors,
    })}
<div class="actions">${delivery.ended ? quietButton(words.confirm, 'confirm') : button(words.confirm, 'confirm')}</div>`,
  });
}

async function confirm(ctx: Ctx, web: Web): Promise<void> {
  const { session, onboarding, person } = traveller(ctx);
  const read = sixDigits(field(ctx, 'code'));
  if ('refused' in read) return showCode(ctx, web, read.refused);
  let token = '';
  const done = await recordStep<Exclude<CodeVerdict, 'right'> | 'already'>(
    web.db,
    { onboarding, session },
    async (tx, row) => {
      const given = {
        personId: person.id,
        purpose: 'enrol',
        typed: read.digits,
        rules: smsRules(web.config),
      } as const;
      const { verdict, phone } = await checkSmsCode(tx, given);
      // A second click: the code was right a moment ago.
      if (verdict === 'none' && row.smsVerifiedAt) return { refused: 'already' };
      if (verdict !== 'right' || !phone) return { refused: verdict === 'right' ? 'none' : verdict };
      await setVerifiedPhone(tx, person.id, phone);
      await dropTemporaryPasswords(tx, row.id);
      token = await stepUp(tx, session, ['factor']);
      return {
        signal: 'smsVerified',
        event: 'sms.verified',
        facts: { smsVerified: true, smsSkipped: false },
        tell: { type: 'onboarding.step_completed', data: { step: 'sms' } },
      };
    },
  );
  countCode(web.metrics, { factor: 'sms', purpose: 'enrol' }, done);
  if ('refused' in done && done.refused !== 'not-open' && done.refused !== 'already')
    return showCode(ctx, web, done.refused);
  if ('row' in done) carry(ctx, token);
  else await proveAgain(ctx, web, session);
  web.delivery.poke();
  await toCurrentStep(ctx, web, person.id);
}

async function resend(ctx: Ctx, web: Web): Promise<void> {
  const sent = await newestCode(ctx, web);
  if (!sent) return seeOther(ctx, PATHS.sms);
  const refused = await requestSms(ctx, web, sent.phone);
  if (refused === 'too-many-today') return showCode(ctx, web, refused);
  afterResend(ctx, { page: SMS_CODE, tooSoon: refused === 'too-soon' });
}

export function smsCode(router: Router<State>, web: Web): void {
  router.get(SMS_CODE, atStep(web, 'sms'), (ctx) => showCode(ctx, web));

  router.post(SMS_CODE, atStep(web, 'sms'), (ctx) =>
    field(ctx, 'action') === 'resend' ? resend(ctx, web) : confirm(ctx, web),
  );

  router.get(newsOf(SMS_CODE), atStep(web, 'sms'), async (ctx) => {
    const sent = await newestCode(ctx, web);
    if (!sent) return seeOther(ctx, PATHS.sms);
    const delivery = await deliveryOf(web, sent, ctx.state.locale);
    answerDelivery(ctx, { delivery, page: SMS_CODE });
  });
}
