/** The own password, chosen with the temporary one. */
import type Router from '@koa/router';
import { addAppSecret } from '../../db/appFactor.ts';
import { dropTemporaryPasswords, isTemporaryPassword } from '../../db/invitations.ts';
import { recordStep } from '../../db/onboardings.ts';
import { setPasswordHash } from '../../db/people.ts';
import { endOtherSessions, stepUp } from '../../db/sessions.ts';
import { isVisible } from '../../domain/typed.ts';
import { html } from '../../html.ts';
import { type Ctx, field, type State, traveller, type Web } from '../context.ts';
import { button, errorSummary, form, inputField } from '../form.ts';
import { atStep, PATHS, toCurrentStep } from '../guard.ts';
import { showPage } from '../layout.ts';
import { fromHere } from '../limits.ts';
import { proveAgain } from '../secondClick.ts';
import { carry, formToken } from '../session.ts';
import { passwordWasRight } from '../tries.ts';
import { WORDS as SHARED } from '../words.ts';
import { type NewPasswordRefusal, newPasswordErrors, newPasswordFields } from './newPassword.ts';

type CurrentRefusal = 'current-missing' | 'current-wrong' | 'too-many-tries';

const nl = {
  title: 'Wachtwoord wijzigen',
  intro: 'In de e-mail staat een tijdelijk wachtwoord. Kies nu een eigen wachtwoord dat alleen u kent.',
  introSender: (organisation: string) =>
    `Van ${organisation} krijgt u een tijdelijk wachtwoord. Kies nu een eigen wachtwoord dat alleen u kent.`,
  current: 'Huidig wachtwoord',
  currentHint: 'Het tijdelijke wachtwoord. U kunt het kopiëren en plakken.',
  where: 'Waar vind ik het tijdelijke wachtwoord?',
  whereText:
    'In de nieuwste e-mail met de knop Aanmelden, in het vak boven die knop, bij Tijdelijk wachtwoord. Staat de e-mail niet in uw postvak, kijk dan bij ongewenste e-mail. Lukt het niet, kies dan onderaan deze pagina "Dit lukt mij niet".',
  whereTextSender: (organisation: string) =>
    `U krijgt het van ${organisation} zelf, bijvoorbeeld per telefoon of brief; het staat niet in de e-mail. Hebt u het nog niet, vraag ernaar of kies onderaan deze pagina "Dit lukt mij niet".`,
  save: 'Wachtwoord wijziging opslaan',
  errors: {
    'current-missing': 'Vul het tijdelijke wachtwoord in dat u hebt gekregen.',
    'current-wrong': 'Dit is niet het tijdelijke wachtwoord. Kopieer het uit de e-mail en plak het hier.',
    'too-many-tries':
      'U hebt te vaak een verkeerd wachtwoord ingevuld. Wacht een kwartier en probeer het opnieuw.',
  } satisfies Record<CurrentRefusal, string>,
  wrongSender:
    'Dit is niet het tijdelijke wachtwoord. Kijk of u het precies zo hebt ingevuld als u het kreeg.',
};
const en: typeof nl = {
  title: 'Change password',
  intro: 'The e-mail contains a temporary password. Now choose a password of your own that only you know.',
  introSender: (organisation) =>
    `${organisation} gives you a temporary password. Now choose a password of your own that only you know.`,
  current: 'Current password',
  currentHint: 'The temporary password. You can copy and paste it.',
  where: 'Where do I find the temporary password?',
  whereText:
    'In the newest e-mail with the button Sign up, in the box above that button, at Temporary password. If the e-mail is not in your inbox, look in the spam folder. If you cannot find it, choose "I can\'t do this" at the bottom of this page.',
  whereTextSender: (organisation) =>
    `You get it from ${organisation} itself, for example by phone or letter; it is not in the e-mail. If you do not have it yet, ask for it or choose "I can't do this" at the bottom of this page.`,
  save: 'Save new password',
  errors: {
    'current-missing': 'Fill in the temporary password that you were given.',
    'current-wrong': 'This is not the temporary password. Copy it from the e-mail and paste it here.',
    'too-many-tries': 'You filled in a wrong password too often. Wait 15 minutes and try again.',
  },
  wrongSender:
    'This is not the temporary password. See whether you filled it in exactly as you were given it.',
};
const WORDS = { nl, en };

function showPassword(
  ctx: Ctx,
  web: Web,
  { current, fresh }: { current?: CurrentRefusal; fresh: NewPasswordRefusal[] } = { fresh: [] },
): void {
  const { session, person, onboarding } = traveller(ctx);
  const { locale, organisation = '' } = ctx.state;
  const words = WORDS[locale];
  const bySender = onboarding.temporaryPasswordMode === 'sender';
  const wrong =
    bySender && current === 'current-wrong' ? words.wrongSender : current && words.errors[current];
  const errors = { currentPassword: wrong, ...newPasswordErrors(locale, fresh) };
  const where = bySender ? words.whereTextSender(organisation) : words.whereText;
  const fields = html`
${inputField(ctx, { name: 'currentPassword', label: words.current, type: 'password', hint: words.currentHint, required: true, autocomplete: 'off', reveal: true, explanation: { label: words.where, body: html`<p>${where}</p>` }, errors })}
${newPasswordFields(ctx, { email: person.email, errors, temporary: true })}
<div class="actions">${button(words.save)}</div>`;
  showPage(ctx, {
    title: words.title,
    step: 'password',
    onboarding: true,
    rejected: Boolean(current) || fresh.length > 0,
    helpContact: web.config.HELP_CONTACT,
    body: html`${errorSummary(ctx, errors)}<h1>${words.title}</h1>
<p>${bySender ? words.introSender(organisation) : words.intro}</p>
<p class="soft">${SHARED[locale].allRequired}</p>
${form(ctx, { token: formToken(web, session), body: fields })}`,
  });
}

/** Counts a try before comparing it with the temporary passwords. */
async function checkCurrent(ctx: Ctx, web: Web): Promise<CurrentRefusal | undefined> {
  const { db, attempts } = web;
  const { onboarding } = traveller(ctx);
  // From each network apart, and nothing beyond: whoever holds a forwarded link cannot use up its owner's tries.
  const here = fromHere(ctx, web, onboarding.id);
  const typed = field(ctx, 'currentPassword');
  if (!isVisible(typed)) return 'current-missing';
  const counted = await attempts.count('temporary-password', here);
  if (!counted.allowed) return 'too-many-tries';
  if (!(await isTemporaryPassword(db, onboarding, typed))) return 'current-wrong';
  await attempts.forget('temporary-password', here);
  return undefined;
}

export function password(router: Router<State>, web: Web): void {
  router.get(PATHS.password, atStep(web, 'password'), (ctx) => showPassword(ctx, web));

  router.post(PATHS.password, atStep(web, 'password'), async (ctx) => {
    const { session, onboarding, person } = traveller(ctx);
    const chosen = field(ctx, 'newPassword');
    const fresh = web.passwordRules.problems({
      password: chosen,
      again: field(ctx, 'newPasswordAgain'),
      current: field(ctx, 'currentPassword'),
      names: [person.email, ctx.state.organisation ?? '', 'Instap'],
    });
    const current = await checkCurrent(ctx, web);
    if (current || fresh.length) return showPassword(ctx, web, { current, fresh });

    const hash = await web.hashing.hash(chosen); // Before any lock: it takes a while.
    let token = '';
    const done = await recordStep(web.db, { onboarding, session }, async (tx, row) => {
      if (row.passwordChangedAt) return { refused: 'already' };
      await setPasswordHash(tx, person.id, hash);
      await dropTemporaryPasswords(tx, row.id);
      await endOtherSessions(tx, session);
      await addAppSecret(tx, person.id);
      token = await stepUp(tx, session, ['password']);
      return {
        signal: 'passwordChanged',
        event: 'password.changed',
        facts: { passwordChanged: true },
        tell: { type: 'onboarding.step_completed', data: { step: 'password' } },
      };
    });
    if ('row' in done) {
      carry(ctx, token);
      await passwordWasRight(ctx, web, person.email);
    } else await proveAgain(ctx, web, session);
    web.delivery.poke();
    await toCurrentStep(ctx, web, person.id);
  });
}
