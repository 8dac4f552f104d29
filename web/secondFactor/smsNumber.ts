/** The mobile number for SMS codes: a code is requested here and entered on the next page (smsCode.ts). */
import { offeredPhone } from '../../db/messages.ts';
import { newestSmsCode, secondsUntilResend, verifiedPhone } from '../../db/smsCodes.ts';
import {
  checkOwnPassword,
  type OwnPasswordRefusal,
  ownPasswordError,
  ownPasswordField,
} from '../account/ownPassword.ts';
import { type Ctx, field, participant, seeOther, type Web } from '../context.ts';
import { PATHS, pathOf } from '../middleware/guard.ts';
import { mobileNumber, type PhoneRefusal, readable } from '../phone.ts';
import { smsRules } from '../smsRules.ts';
import { button, errorSummary, form, inputField, quietButton } from '../ui/form.ts';
import { type Html, html } from '../ui/html.ts';
import { showPage } from '../ui/layout.ts';
import { note } from '../ui/note.ts';
import { WORDS as SHARED } from '../ui/words.ts';
import { enrolment, skipFactor } from './enrolment.ts';
import { secondFactorMore, secondFactorShort, secondFactorTitle } from './explained.ts';
import { type FactorPurpose, type NoCode, newestCode } from './purpose.ts';
import { isNoCode, noCodeWords, requestCode } from './smsRequest.ts';

type Refusal = PhoneRefusal | 'no-way-left';

const nl = {
  phone: 'Mobiel telefoonnummer',
  hint: 'Bijvoorbeeld 06\u00a012345678 of +31\u00a06\u00a012345678.',
  help: [
    'We sturen één SMS met een code van zes cijfers naar dit nummer. Zo weten we dat het nummer klopt en dat de telefoon van u is.',
    'Schrijf het nummer zoals u gewend bent, met of zonder spaties. Is het geen Nederlands nummer, begin dan met + en het landnummer. Een vast nummer kan geen code ontvangen.',
    'We gebruiken het nummer alleen om u codes te sturen, nooit voor reclame.',
  ],
  send: 'Bevestigings-SMS versturen',
  verified: (phone: string) =>
    `Uw nummer ${phone} is bevestigd. Wilt u een ander nummer? Vul het hieronder in, met uw eigen wachtwoord. Het oude nummer blijft gelden tot het nieuwe is bevestigd. Daarna krijgt het oude nummer daarover een SMS.`,
  appDone:
    'Uw authenticatie-app is geregistreerd, dus SMS is niet meer nodig. Met SMS erbij kunt u er ook in als de app een keer niet werkt.',
  goOnWithout: 'Verder zonder SMS',
  alreadySent: (phone: string) => `Er is al een code gestuurd naar ${phone}.`,
  fillIn: 'Vul de code in',
  toApp: 'Naar de authenticatie-app',
  tooSoon: (seconds: number) =>
    `We hebben net een SMS gestuurd. Over ${seconds} seconden kunt u er een naar een ander nummer laten sturen.`,
  errors: {
    missing: 'Vul uw mobiele nummer in, bijvoorbeeld 06 12345678.',
    'too-short': 'Dit nummer is te kort. Is het een buitenlands nummer, begin dan met + en het landnummer.',
    'too-long': 'Dit nummer is te lang. Is het een buitenlands nummer, begin dan met + en het landnummer.',
    'no-number':
      'Dit is geen geldig telefoonnummer. Controleer elk cijfer. Is het een buitenlands nummer, begin dan met + en het landnummer.',
    'which-country':
      'Dit nummer bestaat in meer dan één land. Begin met + en het landnummer, bijvoorbeeld +32.',
    'not-mobile': 'Dit is geen mobiel nummer. Vul een nummer in waarop u SMS kunt ontvangen.',
    'other-country':
      'Naar dit land kunnen we geen SMS sturen. Vul een ander nummer in of gebruik de authenticatie-app.',
    'no-way-left':
      'U hebt de authenticatie-app al overgeslagen. Eén van de twee is nodig: vul hier uw nummer in of stel de app in.',
  } satisfies Record<Refusal, string>,
};
const en: typeof nl = {
  phone: 'Mobile number',
  hint: 'For example 06\u00a012345678 or +31\u00a06\u00a012345678.',
  help: [
    'We send one SMS with a six-digit code to this number. That tells us that the number is correct and the phone is yours.',
    'Write the number the way you always do, with or without spaces. If it is not a Dutch number, start with + and the country code. A landline cannot receive a code.',
    'We use the number only to send you codes, never for advertising.',
  ],
  send: 'Send confirmation SMS',
  verified: (phone) =>
    `Your number ${phone} is confirmed. To change it, enter another number and your own password below. The old number stays in use until the new one is confirmed. We then send an SMS about it to the old number.`,
  appDone:
    'Your authenticator app is registered, so you no longer need SMS. If you add SMS, you can still get in when the app does not work.',
  goOnWithout: 'Continue without SMS',
  alreadySent: (phone) => `A code has already been sent to ${phone}.`,
  fillIn: 'Enter the code',
  toApp: 'Go to the authenticator app',
  tooSoon: (seconds) =>
    `We have just sent an SMS. You can have one sent to another number in ${seconds} seconds.`,
  errors: {
    missing: 'Enter your mobile number, for example 06 12345678.',
    'too-short': 'This number is too short. If it is a foreign number, start with + and the country code.',
    'too-long': 'This number is too long. If it is a foreign number, start with + and the country code.',
    'no-number':
      'This is not a valid phone number. Check every digit. If it is a foreign number, start with + and the country code.',
    'which-country':
      'This number exists in more than one country. Start with + and the country code, for example +32.',
    'not-mobile': 'This is not a mobile number. Enter a number that can receive SMS.',
    'other-country': 'We cannot send SMS to this country. Enter another number or use the authenticator app.',
    'no-way-left':
      'You have skipped the authenticator app. You need one of the two: enter your number here or set up the app.',
  },
};
export const WORDS = { nl, en };

const askedAnywhere = ({ db, config }: Web, personId: string) =>
  newestSmsCode(db, { personId, purpose: 'enrol', ttlMs: config.SMS_CODE_TTL });

type Refused = { why?: Refusal | NoCode | 'too-soon'; password?: OwnPasswordRefusal; typed?: string };

async function showForm(ctx: Ctx, web: Web, refused?: Refused): Promise<void> {
  const purpose = enrolment(web);
  const { session, person, onboarding, facts } = participant(ctx);
  const { locale } = ctx.state;
  const words = WORDS[locale];
  const verified = facts.smsVerified ? await verifiedPhone(web.db, person.id) : undefined;
  const known = await askedAnywhere(web, person.id);
  const asked = known?.challenge === session.challenge ? known : undefined;
  const live = asked && !asked.usedAt && !asked.expired && !asked.failedAt ? asked : undefined;
  // Nobody types a number twice (WCAG 3.3.7), not even on another device; a verified one is shown above.
  const offered =
    known && !known.usedAt ? known.phone : verified ? undefined : offeredPhone(web.db, person, onboarding);
  const why = refused?.why;
  const errors = {
    phone: why && (await wordsFor(ctx, web, purpose, why)),
    password: ownPasswordError(ctx, refused?.password),
  };
  const goesOn = facts.smsVerified || facts.appVerified;
  const done = verified ? words.verified(readable(verified)) : facts.appVerified && words.appDone;
  const standing = done ? note('good', done) : secondFactorShort(locale);
  showPage(ctx, {
    title: secondFactorTitle(locale),
    step: 'sms',
    onboarding: true,
    rejected: Boolean(refused),
    body: html`${errorSummary(ctx, errors)}<h1>${secondFactorTitle(locale)}</h1>
${standing}
${wayOn(ctx, true)}
${secondFactorMore(locale)}
${live && note('note', html`${words.alreadySent(readable(live.phone))} <a href="${purpose.codePath}">${words.fillIn}</a>`)}
${form(ctx, {
  body: html`${inputField(ctx, {
    name: 'phone',
    label: words.phone,
    type: 'tel',
    value: refused?.typed ?? (offered ? readable(offered) : ''),
    hint: words.hint,
    autocomplete: 'tel',
    inputmode: 'tel',
    explanation: {
      label: SHARED[locale].explain,
      body: html`${words.help.map((one) => html`<p>${one}</p>`)}`,
    },
    errors,
  })}${facts.smsVerified && ownPasswordField(ctx, errors)}
<div class="actions">${goesOn ? quietButton(words.send, 'send') : button(words.send, 'send')}</div>`,
})}
<div class="actions">
${!goesOn && form(ctx, { body: quietButton(SHARED[locale].skip, 'skip') })}
${why && ['no-way-left', 'too-many-today'].includes(why) && html`<a class="secondary" href="${PATHS.app}">${words.toApp}</a>`}
</div>`,
  });
}

async function wordsFor(
  ctx: Ctx,
  web: Web,
  purpose: FactorPurpose,
  why: NonNullable<Refused['why']>,
): Promise<string> {
  const { locale } = ctx.state;
  if (isNoCode(why)) return noCodeWords(locale, why, true);
  if (why !== 'too-soon') return WORDS[locale].errors[why];
  const asked = await newestCode(ctx, web, purpose);
  return WORDS[locale].tooSoon(secondsUntilResend(asked, smsRules(web.config)));
}

/** For a person who already has a factor, so SMS or another number is optional. */
export function wayOn(ctx: Ctx, isMain: boolean): Html | false {
  const { facts, standing } = participant(ctx);
  const { locale } = ctx.state;
  if (!facts.smsVerified && !facts.appVerified) return false;
  if (standing.current === 'sms') {
    const skips = isMain ? button : quietButton;
    return form(ctx, { action: PATHS.sms, body: skips(WORDS[locale].goOnWithout, 'skip') });
  }
  return html`<div class="actions"><a class="${isMain ? 'primary' : 'secondary'}" href="${pathOf(standing)}">${SHARED[locale].goOn}</a></div>`;
}

async function send(ctx: Ctx, web: Web): Promise<void> {
  const purpose = enrolment(web);
  const typed = field(ctx, 'phone');
  const number = mobileNumber(typed, web.config.SMS_COUNTRIES);
  if ('refused' in number) return showForm(ctx, web, { why: number.refused, typed });
  const { facts, person } = participant(ctx);
  // A verified number protects the account, so replacing it requires more than an open browser.
  const password = facts.smsVerified ? await checkOwnPassword(ctx, web, person) : 'right';
  if (password !== 'right') return showForm(ctx, web, { password, typed });
  const request = await requestCode(ctx, web, purpose, number.phone);
  if (isNoCode(request)) return showForm(ctx, web, { why: request, typed });
  const isChanged = request === 'too-soon' && (await purpose.phone(ctx)) !== number.phone;
  if (isChanged) return showForm(ctx, web, { why: request, typed });
  seeOther(ctx, purpose.codePath);
}

export const showNumber = (ctx: Ctx, web: Web): Promise<void> => showForm(ctx, web);

export async function enterNumber(ctx: Ctx, web: Web): Promise<void> {
  if (field(ctx, 'action') !== 'skip') return send(ctx, web);
  if ((await skipFactor(ctx, web, 'sms')) === 'no-way-left') await showForm(ctx, web, { why: 'no-way-left' });
}
