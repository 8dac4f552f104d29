/** The page for a token of the authenticator app; during set-up with its key, as a QR code and as text. */
import { generateURI } from 'otplib';
import QRCode from 'qrcode';
import { appSecret } from '../../db/appFactor.ts';
import type { Person } from '../../db/people.ts';
import type { Locale } from '../../domain/locale.ts';
import { type Ctx, field, participant, type Web } from '../context.ts';
import { PATHS, pathOf } from '../middleware/guard.ts';
import {
  button,
  codeField,
  errorSummary,
  explanation,
  type FieldErrors,
  form,
  quietButton,
} from '../ui/form.ts';
import { type Html, html, trusted } from '../ui/html.ts';
import { icon } from '../ui/icons.ts';
import { showPage } from '../ui/layout.ts';
import { note } from '../ui/note.ts';
import { WORDS as SHARED } from '../ui/words.ts';
import { answerCheck, checkPostedToken, type TokenRefusal } from './check.ts';
import { skipFactor } from './enrolment.ts';
import { secondFactorLost, secondFactorMore, secondFactorShort, secondFactorTitle } from './explained.ts';
import type { FactorPurpose } from './purpose.ts';

type Refusal = TokenRefusal | 'no-way-left';

const nl = {
  title: 'Code uit uw authenticatie-app',
  text: 'Open de authenticatie-app en vul de zes cijfers in die bij Instap staan.',
  how: 'Zo stelt u de app in',
  steps: [
    'Zet een authenticatie-app op uw telefoon, bijvoorbeeld Microsoft Authenticator of Google Authenticator. Ze zijn gratis in de App Store en Play Store. Elke app die codes van zes cijfers maakt, is goed.',
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
  confirm: 'Bevestigen',
  useSms: 'Liever een code per SMS',
  registered: 'Uw authenticatie-app is geregistreerd.',
  smsDone: 'Uw nummer is bevestigd, dus u kunt verder. De app erbij is veiliger.',
  toSms: 'Naar SMS',
  errors: {
    missing: 'Vul het token uit de app in.',
    'not-six': 'Het token heeft zes cijfers. Controleer of u er niet te veel of te weinig hebt ingevuld.',
    wrong: 'Dit token is niet juist. Wacht tot de app een nieuw token toont en vul dat in.',
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
  title: 'Code from your authenticator app',
  text: 'Open the authenticator app and enter the six digits that it shows for Instap.',
  how: 'How to set up the app',
  steps: [
    'Install an authenticator app on your phone, for example Microsoft Authenticator or Google Authenticator. They are free in the App Store and Play Store. Any app that makes six-digit codes will do.',
    'Choose "add" or "+" in the app and point the camera of your phone at the QR code. Are you reading this on the phone itself? Then choose "Open in the app on this phone". If that does not work, copy the secret key and paste it into the app.',
    'The app now shows six digits: the token. Enter it below.',
  ],
  qr: 'QR code for the authenticator app',
  showQr: 'Show the QR code',
  open: 'Open in the app on this phone',
  secret: 'Secret key',
  token: 'Token',
  hint: 'Six digits, from the app.',
  help: 'The token is the six-digit code that the app shows for Instap. It changes every 30 seconds. Enter the one you see now.',
  register: 'Register authenticator app',
  confirm: 'Confirm',
  useSms: 'Use a code by SMS instead',
  registered: 'Your authenticator app is registered.',
  smsDone: 'Your number is confirmed, so you can continue. Adding the app is safer.',
  toSms: 'Go to SMS',
  errors: {
    missing: 'Enter the token from the app.',
    'not-six': 'The token must have six digits. Check that you have not entered too few or too many.',
    wrong: 'This token is not correct. Wait until the app shows a new one and enter that.',
    'wrong-clock':
      'This token is not correct. Check the time on your phone: set the date and time to automatic in its settings.',
    'too-many': 'You entered a wrong token too many times. Wait 15 minutes and try again, or use SMS.',
    'too-many-no-sms': 'You entered a wrong token too many times. Wait 15 minutes and try again.',
    'no-way-left':
      'You have skipped SMS. You need one of the two: set up the app here or go back to SMS. If you have no mobile phone, choose "I can\'t do this" below.',
  },
};
export const WORDS = { nl, en };

async function keyParts(web: Web, { person, locale }: { person: Person; locale: Locale }): Promise<Html> {
  const words = WORDS[locale];
  const secret = await appSecret(web.db, person);
  const uri = generateURI({ issuer: 'Instap', label: person.email, secret });
  const qr = await QRCode.toString(uri, { type: 'svg', margin: 0 });
  // The surrounding element already has a name, so the picture needs none.
  const hidden = qr.replace('<svg', '<svg aria-hidden="true"');
  // A phone cannot scan its own screen, so there the QR code is collapsed; on larger screens it is shown beside the
  // key.
  return html`<div class="key"><a class="same-phone" href="${uri}" hx-boost="false">${words.open}</a>
<div class="by-hand"><p>${words.secret}</p>
<div class="input"><span class="secret" id="secret">${secret.match(/.{1,4}/g)?.join(' ')}</span><button type="button" class="quiet" data-copy="${secret}" data-copy-from="secret">${icon('copy')}<span>${SHARED[locale].copy}</span></button></div></div>
<details class="show-qr"><summary>${words.showQr}</summary></details>
<div class="qr" role="img" aria-label="${words.qr}">${trusted(hidden)}</div></div>`;
}

type TokenPage = { purpose: FactorPurpose; canUseSms: boolean; errors: FieldErrors };

export async function showToken(
  ctx: Ctx,
  web: Web,
  purpose: FactorPurpose,
  refused?: Refusal,
): Promise<void> {
  const { locale } = ctx.state;
  const words = WORDS[locale];
  const enrols = purpose.name === 'enrol';
  const canUseSms = await purpose.canUse(ctx, 'sms');
  const why = refused === 'too-many' && !canUseSms ? 'too-many-no-sms' : refused;
  const page: TokenPage = {
    purpose,
    canUseSms,
    errors: { token: why && words.errors[why] },
  };
  const title = enrols ? secondFactorTitle(locale) : words.title;
  const isSetUp = enrols && participant(ctx).facts.appVerified;
  showPage(ctx, {
    title,
    step: enrols ? 'app' : undefined,
    onboarding: purpose.onboarding,
    rejected: Boolean(refused),
    body: html`${!isSetUp && errorSummary(ctx, page.errors)}<h1>${title}</h1>
${isSetUp ? alreadySetUp(ctx) : enrols ? await whileEnrolling(ctx, web, page) : whileProving(ctx, page)}`,
  });
}

function alreadySetUp(ctx: Ctx): Html {
  const { locale } = ctx.state;
  return html`${note('good', WORDS[locale].registered)}
<div class="actions"><a class="primary" href="${pathOf(participant(ctx).standing)}">${SHARED[locale].goOn}</a><a class="secondary" href="${PATHS.sms}">${WORDS[locale].toSms}</a></div>`;
}

async function whileEnrolling(ctx: Ctx, web: Web, page: TokenPage): Promise<Html> {
  const { person, facts } = participant(ctx);
  const { locale } = ctx.state;
  const words = WORDS[locale];
  return html`${facts.smsVerified ? note('good', words.smsDone) : secondFactorShort(locale)}
${explanation({ label: words.how, body: html`<ol>${words.steps.map((step) => html`<li>${step}</li>`)}</ol>` })}
${await keyParts(web, { person, locale })}
${tokenForm(ctx, page)}
<div class="actions">
${form(ctx, { body: quietButton(SHARED[locale].skip, 'skip') })}
${!facts.smsVerified && html`<a class="secondary" href="${PATHS.sms}">${words.toSms}</a>`}
</div>
${secondFactorMore(locale)}`;
}

function whileProving(ctx: Ctx, page: TokenPage): Html {
  const { purpose, canUseSms } = page;
  const words = WORDS[ctx.state.locale];
  return html`<p>${words.text}</p>
${tokenForm(ctx, page)}
${canUseSms && form(ctx, { action: purpose.codePath, body: quietButton(words.useSms, 'resend') })}
<p class="soft">${secondFactorLost(ctx.state.locale)}</p>`;
}

function tokenForm(ctx: Ctx, { purpose, errors }: TokenPage): Html {
  const { locale } = ctx.state;
  const words = WORDS[locale];
  const enrols = purpose.name === 'enrol';
  const explained = {
    hint: words.hint,
    explanation: { label: SHARED[locale].explain, body: html`<p>${words.help}</p>` },
  };
  return form(ctx, {
    action: purpose.tokenPath,
    body: html`${codeField(ctx, { name: 'token', label: words.token, errors, ...(enrols && explained) })}
<div class="actions">${enrols ? button(words.register, 'register') : button(words.confirm)}</div>`,
  });
}

export async function enterToken(ctx: Ctx, web: Web, purpose: FactorPurpose): Promise<void> {
  if (purpose.name === 'enrol' && field(ctx, 'action') === 'skip') {
    if ((await skipFactor(ctx, web, 'app')) === 'no-way-left')
      await showToken(ctx, web, purpose, 'no-way-left');
    return;
  }
  const checked = await checkPostedToken(ctx, web, purpose);
  await answerCheck(ctx, web, purpose, checked, (why) => showToken(ctx, web, purpose, why));
}
