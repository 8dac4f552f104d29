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
import { html, render } from '../../html.ts';
import { type Ctx, field, type State, seeOther, traveller, type Web } from '../context.ts';
import { button, errorSummary, explanation, form, inputField, quietButton } from '../form.ts';
import { atStep, PATHS, toCurrentStep } from '../guard.ts';
import { showPage } from '../layout.ts';
import { readable } from '../phone.ts';
import { proveAgain } from '../secondClick.ts';
import { carry, formToken } from '../session.ts';
import { sixDigits, smsRules } from '../smsRules.ts';
import { WORDS as SHARED } from '../words.ts';
import { secondFactorTitle } from './secondFactor.ts';
import { requestSms, SMS_CODE } from './sms.ts';
import { deliveryOf, showDelivery } from './smsDelivery.ts';
import { type CodeRefusal, codeWords } from './smsErrors.ts';

const DELIVERY = `${SMS_CODE}/delivery`;

const nl = {
  sentTo: 'De code gaat naar',
  change: 'Telefoonnummer wijzigen',
  code: 'Bevestigingscode',
  hint: 'Zes cijfers, uit de SMS.',
  help: 'Open de SMS op uw telefoon en neem de zes cijfers over. U mag ze ook plakken. De code werkt vijf minuten.',
  confirm: 'Doorvoeren',
  notReceived: 'Geen SMS ontvangen',
  todo: 'Kijk of het nummer klopt en of uw telefoon bereik heeft. Daarna kunt u:',
  resend: 'De SMS opnieuw sturen',
  app: 'De authenticatie-app gebruiken',
};
const en: typeof nl = {
  sentTo: 'The code goes to',
  change: 'Change number',
  code: 'Confirmation code',
  hint: 'Six digits, from the SMS.',
  help: 'Open the SMS on your phone and copy the six digits. You may paste them, too. The code works for five minutes.',
  confirm: 'Confirm',
  notReceived: 'No SMS received',
  todo: 'See whether the number is right and your phone has a signal. Then you can:',
  resend: 'Send the SMS again',
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
  const words = WORDS[locale];
  const delivery = await deliveryOf(web, sent, locale);
  const errors = { code: refused && codeWords(locale, refused) };
  const token = formToken(web, traveller(ctx).session);
  showPage(ctx, {
    title: secondFactorTitle(locale),
    step: 'sms',
    onboarding: true,
    rejected: Boolean(refused),
    helpContact: web.config.HELP_CONTACT,
    body: html`${errorSummary(ctx, errors)}<h1>${secondFactorTitle(locale)}</h1>
<p>${words.sentTo} <span class="number">${readable(sent.phone)}</span>. <a href="${PATHS.sms}">${words.change}</a></p>
${showDelivery({ delivery, path: DELIVERY, locale })}
${form(ctx, {
  token,
  body: html`${inputField(ctx, {
    name: 'code',
    label: words.code,
    hint: words.hint,
    autocomplete: 'one-time-code',
    inputmode: 'numeric',
    width: 'code',
    plain: true,
    explanation: { label: SHARED[locale].explain, body: html`<p>${words.help}</p>` },
    errors,
  })}
<div class="actions">${button(words.confirm, 'confirm')}</div>`,
})}
${explanation({
  label: words.notReceived,
  body: html`<p>${words.todo}</p>
${form(ctx, { token, body: quietButton(words.resend, 'resend') })}
<p><a href="${PATHS.sms}">${words.change}</a></p>
<p><a href="${PATHS.app}">${words.app}</a></p>`,
})}`,
  });
}

async function confirm(ctx: Ctx, web: Web): Promise<void> {
  const { session, onboarding, person } = traveller(ctx);
  const read = sixDigits(field(ctx, 'code'));
  if ('refused' in read) return showCode(ctx, web, read.refused);
  let token = '';
  const done = await recordStep<Exclude<CodeVerdict, 'right'> | 'already'>(
    web.db,
    onboarding.id,
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
      token = await stepUp(tx, session, ['factor']);
      return {
        signal: 'smsVerified',
        event: 'sms.verified',
        facts: { smsVerified: true, smsSkipped: false },
        tell: { type: 'onboarding.step_completed', data: { step: 'sms' } },
      };
    },
  );
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
  if (refused) return showCode(ctx, web, refused);
  seeOther(ctx, SMS_CODE);
}

export function smsCode(router: Router<State>, web: Web): void {
  router.get(SMS_CODE, atStep(web, 'sms'), (ctx) => showCode(ctx, web));

  router.post(SMS_CODE, atStep(web, 'sms'), (ctx) =>
    field(ctx, 'action') === 'resend' ? resend(ctx, web) : confirm(ctx, web),
  );

  router.get(DELIVERY, atStep(web, 'sms'), async (ctx) => {
    const sent = await newestCode(ctx, web);
    if (!sent) return seeOther(ctx, PATHS.sms);
    const { locale } = ctx.state;
    ctx.type = 'text/html; charset=utf-8';
    ctx.body = render(
      showDelivery({ delivery: await deliveryOf(web, sent, locale), path: DELIVERY, locale }),
    );
  });
}
