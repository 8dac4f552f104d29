/** The authenticator app: a QR code, the key as text, a link for the same phone, and the first token. */
import type Router from '@koa/router';
import { generateURI } from 'otplib';
import QRCode from 'qrcode';
import { appSecret, checkToken } from '../../db/appFactor.ts';
import { type Change, recordStep } from '../../db/onboardings.ts';
import { stepUp } from '../../db/sessions.ts';
import { dropTemporaryPasswords } from '../../db/temporaryPasswords.ts';
import { type Ctx, field, type State, traveller, type Web } from '../context.ts';
import { countCode } from '../metrics.ts';
import { proveAgain } from '../middleware/duplicateSubmit.ts';
import { atStep, PATHS, pathOf, toCurrentStep } from '../middleware/guard.ts';
import { carry, formToken } from '../middleware/session.ts';
import { sixDigits } from '../smsRules.ts';
import { button, errorSummary, explanation, form, inputField, quietButton } from '../ui/form.ts';
import { type Html, html, trusted } from '../ui/html.ts';
import { icon } from '../ui/icons.ts';
import { showPage } from '../ui/layout.ts';
import { note } from '../ui/note.ts';
import { WORDS as SHARED } from '../ui/words.ts';
import { secondFactorMore, secondFactorShort, secondFactorTitle } from './secondFactor.ts';
import { skipFactor } from './skip.ts';

/** After so many wrong tokens the likely cause is the phone's clock. */
const SUSPECT_CLOCK_AFTER = 3;

export type TokenRefusal = 'missing' | 'not-six' | 'wrong' | 'wrong-clock' | 'too-many';
type Refusal = TokenRefusal | 'no-way-left';

const nl = {
  how: 'Zo stelt u de app in',
  steps: [
    'Zet een authenticatie-app op uw telefoon, bijvoorbeeld Microsoft Authenticator of Google Authenticator. U vindt ze gratis in de App Store of Play Store. Elke app die codes van zes cijfers maakt, is goed.',
    'Kies in de app "toevoegen" of "+" en richt de camera van uw telefoon op de QR-code. Leest u dit op de telefoon zelf? Kies dan "In de app op deze telefoon openen". Lukt dat niet, kopieer dan de geheime sleutel en plak die in de app.',
    'De app toont nu zes cijfers: het token. Vul dat hieronder in.',
  ],
  qr: 'QR-code voor de authenticatie-app',
  showQr: 'QR-code tonen',
  open: 'In de app op deze telefoon openen',
  secret: 'Geheime sleutel',
  token: 'Token',
  hint: 'Zes cijfers, uit de app.',
  help: 'Het token is de code van zes cijfers die de app bij Instap toont. Elke 30 seconden komt er een nieuwe. Vul de code in die er nu staat.',
  register: 'Authenticatie-app registreren',
  registered: 'Uw authenticatie-app is geregistreerd.',
  smsDone: 'Uw nummer is bevestigd, dus u kunt verder. De app erbij is veiliger.',
  toSms: 'Naar SMS',
  errors: {
    missing: 'Vul het token uit de app in.',
    'not-six': 'Het token heeft zes cijfers. Kijk of er een ontbreekt of te veel is.',
    wrong: 'Dit token is niet juist. Wacht tot de app een nieuwe code toont en vul die in.',
    'wrong-clock':
      'Dit token is niet juist. Controleer de tijd op uw telefoon: zet bij de instellingen de datum en tijd op automatisch.',
    'too-many':
      'U hebt te vaak een verkeerd token ingevuld. Wacht een kwartier en probeer het opnieuw, of gebruik SMS.',
    'too-many-no-sms':
      'U hebt te vaak een verkeerd token ingevuld. Wacht een kwartier en probeer het opnieuw.',
    'no-way-left':
      'U hebt SMS al overgeslagen. Eén van de twee is nodig: stel hier de app in of ga terug naar SMS. Hebt u geen mobiele telefoon? Kies dan onderaan "Dit lukt mij niet".',
  } satisfies Record<Refusal | 'too-many-no-sms', string>,
};
const en: typeof nl = {
  how: 'How to set up the app',
  steps: [
    'Put an authenticator app on your phone, for example Microsoft Authenticator or Google Authenticator. You find them for free in the App Store or Play Store. Any app that makes codes of six digits will do.',
    'Choose "add" or "+" in the app and point the camera of your phone at the QR code. Are you reading this on the phone itself? Then choose "Open in the app on this phone". If that fails, copy the secret key and paste it into the app.',
    'The app now shows six digits: the token. Fill it in below.',
  ],
  qr: 'QR code for the authenticator app',
  showQr: 'Show the QR code',
  open: 'Open in the app on this phone',
  secret: 'Secret key',
  token: 'Token',
  hint: 'Six digits, from the app.',
  help: 'The token is the code of six digits that the app shows at Instap. There is a new one every 30 seconds. Fill in the code that is there now.',
  register: 'Register authenticator app',
  registered: 'Your authenticator app is registered.',
  smsDone: 'Your number is confirmed, so you can go on. The app as well is safer.',
  toSms: 'To SMS',
  errors: {
    missing: 'Fill in the token from the app.',
    'not-six': 'The token has six digits. Check whether one is missing or there is one too many.',
    wrong: 'This token is not correct. Wait until the app shows a new code and fill that in.',
    'wrong-clock':
      'This token is not correct. Check the time on your phone: set date and time to automatic in its settings.',
    'too-many': 'You filled in a wrong token too often. Wait 15 minutes and try again, or use SMS.',
    'too-many-no-sms': 'You filled in a wrong token too often. Wait 15 minutes and try again.',
    'no-way-left':
      'You have skipped SMS. One of the two is needed: set up the app here or go back to SMS. Do you have no mobile phone? Then choose "I can\'t do this" below.',
  },
};
const WORDS = { nl, en };

/** `hasSms`: whether somebody who proves the app could use SMS instead. */
export const tokenWords = (locale: 'nl' | 'en', refusal: TokenRefusal, hasSms: boolean): string =>
  WORDS[locale].errors[refusal === 'too-many' && !hasSms ? 'too-many-no-sms' : refusal];

/** Counts a try of a typed token before it is compared; the caller compares what comes back. */
export async function countedToken(
  { attempts }: Web,
  { personId, typed }: { personId: string; typed: string },
): Promise<{ token: string; ifWrong: TokenRefusal } | { refused: TokenRefusal }> {
  const read = sixDigits(typed);
  if ('refused' in read) return read;
  const counted = await attempts.count('token', personId);
  if (!counted.allowed) return { refused: 'too-many' };
  return { token: read.digits, ifWrong: counted.tries >= SUSPECT_CLOCK_AFTER ? 'wrong-clock' : 'wrong' };
}

async function keyParts(
  web: Web,
  { personId, email, locale }: { personId: string; email: string; locale: 'nl' | 'en' },
): Promise<Html> {
  const words = WORDS[locale];
  const secret = await appSecret(web.db, personId);
  const uri = generateURI({ issuer: 'Instap', label: email, secret });
  const qr = await QRCode.toString(uri, { type: 'svg', margin: 0 });
  // Its box has the name already: the picture within would be a second one without.
  const hidden = qr.replace('<svg', '<svg aria-hidden="true"');
  // On a phone nobody can scan it, so there it opens by the mark before it; where there is room it stands beside the key.
  return html`<div class="key"><a class="same-phone" href="${uri}" hx-boost="false">${words.open}</a>
<div class="by-hand"><p>${words.secret}</p>
<div class="input"><span class="secret" id="secret">${secret.match(/.{1,4}/g)?.join(' ')}</span><button type="button" class="quiet" data-copy="${secret}" data-copy-from="secret">${icon('copy')}<span>${SHARED[locale].copy}</span></button></div></div>
<details class="show-qr"><summary>${words.showQr}</summary></details>
<div class="qr" role="img" aria-label="${words.qr}">${trusted(hidden)}</div></div>`;
}

async function showApp(ctx: Ctx, web: Web, refused?: Refusal): Promise<void> {
  const { session, person, facts, standing } = traveller(ctx);
  const { locale } = ctx.state;
  const words = WORDS[locale];
  const token = formToken(web, session);
  const errors = { token: refused && words.errors[refused] };
  const page = {
    title: secondFactorTitle(locale),
    step: 'app' as const,
    onboarding: true,
    rejected: Boolean(refused),
    helpContact: web.config.HELP_CONTACT,
  };
  if (facts.appVerified) {
    return showPage(ctx, {
      ...page,
      body: html`<h1>${page.title}</h1>${note('good', words.registered)}
<div class="actions"><a class="primary" href="${pathOf(standing)}">${SHARED[locale].goOn}</a><a class="secondary" href="${PATHS.sms}">${words.toSms}</a></div>`,
    });
  }
  showPage(ctx, {
    ...page,
    body: html`${errorSummary(ctx, errors)}<h1>${page.title}</h1>
${facts.smsVerified ? note('good', words.smsDone) : secondFactorShort(locale)}
${explanation({ label: words.how, body: html`<ol>${words.steps.map((step) => html`<li>${step}</li>`)}</ol>` })}
${await keyParts(web, { personId: person.id, email: person.email, locale })}
${form(ctx, {
  token,
  body: html`${inputField(ctx, {
    name: 'token',
    label: words.token,
    hint: words.hint,
    autocomplete: 'one-time-code',
    inputmode: 'numeric',
    code: true,
    plain: true,
    explanation: explanationOf(locale),
    errors,
  })}
<div class="actions">${button(words.register, 'register')}</div>`,
})}
<div class="actions">
${form(ctx, { token, body: quietButton(SHARED[locale].skip, 'skip') })}
${!facts.smsVerified && html`<a class="secondary" href="${PATHS.sms}">${words.toSms}</a>`}
</div>
${secondFactorMore(locale)}`,
  });
}

const explanationOf = (locale: 'nl' | 'en') => ({
  label: SHARED[locale].explain,
  body: html`<p>${WORDS[locale].help}</p>`,
});

async function skip(ctx: Ctx, web: Web): Promise<void> {
  const skipped: Change = { signal: 'appSkipped', event: 'app.skipped', facts: { appSkipped: true } };
  if (!(await skipFactor(ctx, web, { factor: 'app', skipped }))) await showApp(ctx, web, 'no-way-left');
}

async function register(ctx: Ctx, web: Web): Promise<void> {
  const { session, onboarding, person } = traveller(ctx);
  const counted = await countedToken(web, { personId: person.id, typed: field(ctx, 'token') });
  if ('refused' in counted) return showApp(ctx, web, counted.refused);
  let token = '';
  const done = await recordStep(web.db, { onboarding, session }, async (tx, row) => {
    if (row.appVerifiedAt) return { refused: 'already' };
    if (!(await checkToken(tx, person.id, counted.token))) return { refused: counted.ifWrong };
    await dropTemporaryPasswords(tx, row.id);
    token = await stepUp(tx, session, ['factor']);
    return {
      signal: 'appVerified',
      event: 'app.verified',
      facts: { appVerified: true, appSkipped: false },
      tell: { type: 'onboarding.step_completed', data: { step: 'app' } },
    };
  });
  countCode(web.metrics, { factor: 'app', purpose: 'enrol' }, done);
  if ('refused' in done && done.refused === counted.ifWrong) return showApp(ctx, web, counted.ifWrong);
  if ('row' in done) {
    await web.attempts.forget('token', person.id);
    carry(ctx, token);
  } else await proveAgain(ctx, web, session);
  web.delivery.poke();
  await toCurrentStep(ctx, web, person.id);
}

export function app(router: Router<State>, web: Web): void {
  router.get(PATHS.app, atStep(web, 'app'), (ctx) => showApp(ctx, web));
  router.post(PATHS.app, atStep(web, 'app'), (ctx) =>
    field(ctx, 'action') === 'skip' ? skip(ctx, web) : register(ctx, web),
  );
}
