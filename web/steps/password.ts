/** The own password: chosen with the temporary one, or anew after it was forgotten. */
import type Router from '@koa/router';
import { addAppSecret } from '../../db/appFactor.ts';
import { dropTemporaryPasswords, isTemporaryPassword } from '../../db/invitations.ts';
import { recordStep } from '../../db/onboardings.ts';
import { setPasswordHash } from '../../db/people.ts';
import { endOtherSessions, stepUp } from '../../db/sessions.ts';
import { html } from '../../html.ts';
import { type Ctx, field, type State, traveller, type Web } from '../context.ts';
import { button, errorSummary, type FieldErrors, form, inputField } from '../form.ts';
import { atStep, PATHS, toCurrentStep } from '../guard.ts';
import { showPage } from '../layout.ts';
import { LONGEST, type PasswordProblem, SHORTEST } from '../passwordRules.ts';
import { proveAgain } from '../secondClick.ts';
import { carry, formToken } from '../session.ts';

type Refusal = PasswordProblem | 'current-missing' | 'current-wrong' | 'too-many-tries';

const nl = {
  title: 'Wachtwoord wijzigen',
  intro: 'In de e-mail staat een tijdelijk wachtwoord. Kies nu een eigen wachtwoord dat alleen u kent.',
  introSender: (organisation: string) =>
    `Van ${organisation} krijgt u een tijdelijk wachtwoord. Kies nu een eigen wachtwoord dat alleen u kent.`,
  current: 'Huidig wachtwoord',
  currentHint: 'Het tijdelijke wachtwoord. U kunt het kopiëren en plakken.',
  username: 'Gebruikersnaam',
  fresh: 'Nieuw wachtwoord',
  again: 'Nogmaals nieuw wachtwoord',
  save: 'Wachtwoord wijziging opslaan',
  requirements: 'Eisen aan het wachtwoord',
  rules: [
    `Minstens ${SHORTEST} tekens, hoogstens ${LONGEST}. Elk teken telt, ook een spatie.`,
    'Niet een wachtwoord dat veel mensen gebruiken of dat ooit is gelekt.',
    'Niet het tijdelijke wachtwoord.',
    'Niet gemaakt van uw e-mailadres of van de naam van de organisatie.',
  ],
  tip: 'Tip: een paar woorden achter elkaar zijn sterk en goed te onthouden. Hoofdletters, cijfers en leestekens mogen, maar hoeven niet.',
  live: {
    missing: 'Nog {n} tekens nodig.',
    enough: 'Lang genoeg.',
    same: 'De wachtwoorden zijn gelijk.',
    different: 'Nog niet gelijk aan het nieuwe wachtwoord.',
  },
  errors: {
    'current-missing': 'Vul het tijdelijke wachtwoord uit de e-mail in.',
    'current-wrong': 'Dit is niet het tijdelijke wachtwoord. Kopieer het uit de e-mail en plak het hier.',
    'too-many-tries':
      'U hebt te vaak een verkeerd wachtwoord ingevuld. Wacht een kwartier en probeer het opnieuw.',
    'too-short': `Kies een wachtwoord van minstens ${SHORTEST} tekens.`,
    'too-long': `Kies een wachtwoord van hoogstens ${LONGEST} tekens.`,
    common: 'Dit wachtwoord gebruiken te veel mensen. Kies een ander.',
    temporary: 'Kies een ander wachtwoord dan het tijdelijke.',
    'made-of-names':
      'Kies een wachtwoord dat niet is gemaakt van uw e-mailadres of de naam van de organisatie.',
    'not-the-same': 'De twee nieuwe wachtwoorden zijn niet gelijk. Vul ze opnieuw in.',
  } satisfies Record<Refusal, string>,
};
const en: typeof nl = {
  title: 'Change password',
  intro: 'The e-mail has a temporary password. Now choose a password of your own that only you know.',
  introSender: (organisation) =>
    `${organisation} gives you a temporary password. Now choose a password of your own that only you know.`,
  current: 'Current password',
  currentHint: 'The temporary password. You can copy and paste it.',
  username: 'User name',
  fresh: 'New password',
  again: 'New password again',
  save: 'Save new password',
  requirements: 'Requirements for the password',
  rules: [
    `At least ${SHORTEST} characters, at most ${LONGEST}. Every character counts, a space too.`,
    'Not a password that many people use or that was ever leaked.',
    'Not the temporary password.',
    "Not made of your e-mail address or the organisation's name.",
  ],
  tip: 'Tip: a few words in a row are strong and easy to remember. Capitals, digits and punctuation are allowed, but not needed.',
  live: {
    missing: '{n} more characters needed.',
    enough: 'Long enough.',
    same: 'The passwords are the same.',
    different: 'Not the same as the new password yet.',
  },
  errors: {
    'current-missing': 'Fill in the temporary password from the e-mail.',
    'current-wrong': 'This is not the temporary password. Copy it from the e-mail and paste it here.',
    'too-many-tries': 'You filled in a wrong password too often. Wait a quarter of an hour and try again.',
    'too-short': `Choose a password of at least ${SHORTEST} characters.`,
    'too-long': `Choose a password of at most ${LONGEST} characters.`,
    common: 'Too many people use this password. Choose another one.',
    temporary: 'Choose another password than the temporary one.',
    'made-of-names': "Choose a password that is not made of your e-mail address or the organisation's name.",
    'not-the-same': 'The two new passwords are not the same. Fill them in again.',
  },
};
const WORDS = { nl, en };

/** At which field each refusal is said. */
function atFields(refusals: Refusal[], words: Record<Refusal, string>): FieldErrors {
  const said = (of: Refusal[]) =>
    refusals
      .filter((refusal) => of.includes(refusal))
      .map((refusal) => words[refusal])
      .join(' ') || undefined;
  return {
    currentPassword: said(['current-missing', 'current-wrong', 'too-many-tries']),
    newPassword: said(['too-short', 'too-long', 'common', 'temporary', 'made-of-names']),
    newPasswordAgain: said(['not-the-same']),
  };
}

function showPassword(ctx: Ctx, web: Web, refusals: Refusal[] = []): void {
  const { session, person, onboarding } = traveller(ctx);
  const words = WORDS[ctx.state.locale];
  const errors = atFields(refusals, words.errors);
  const fields = html`
${inputField(ctx, { name: 'currentPassword', label: words.current, type: 'password', hint: words.currentHint, required: true, autocomplete: 'off', reveal: true, errors })}
${inputField(ctx, { name: 'username', label: words.username, value: person.email, readonly: true, autocomplete: 'username', plain: true, errors })}
${inputField(ctx, {
  name: 'newPassword',
  label: words.fresh,
  type: 'password',
  required: true,
  autocomplete: 'new-password',
  reveal: true,
  live: { atLeast: SHORTEST, missing: words.live.missing, enough: words.live.enough },
  errors,
  explanation: {
    label: `? ${words.requirements}`,
    body: html`<ul>${words.rules.map((rule) => html`<li>${rule}</li>`)}</ul><p>${words.tip}</p>`,
  },
})}
${inputField(ctx, { name: 'newPasswordAgain', label: words.again, type: 'password', required: true, autocomplete: 'new-password', reveal: true, live: { sameAs: 'newPassword', same: words.live.same, different: words.live.different }, errors })}
<div class="actions">${button(words.save)}</div>`;
  showPage(ctx, {
    title: words.title,
    step: 'password',
    onboarding: true,
    rejected: refusals.length > 0,
    helpContact: web.config.HELP_CONTACT,
    body: html`${errorSummary(ctx, errors)}<h1>${words.title}</h1>
<p>${onboarding.temporaryPasswordMode === 'sender' ? words.introSender(ctx.state.organisation ?? '') : words.intro}</p>
${form(ctx, { token: formToken(web, session), body: fields })}`,
  });
}

/** Counts a try before comparing it with the temporary passwords. */
async function checkCurrent(ctx: Ctx, { db, attempts }: Web): Promise<Refusal[]> {
  const { onboarding } = traveller(ctx);
  const typed = field(ctx, 'currentPassword');
  if (!typed.trim()) return ['current-missing'];
  const counted = await attempts.count('temporary-password', onboarding.id);
  if (!counted.allowed) return ['too-many-tries'];
  if (!(await isTemporaryPassword(db, onboarding, typed))) return ['current-wrong'];
  await attempts.forget('temporary-password', onboarding.id);
  return [];
}

export function password(router: Router<State>, web: Web): void {
  router.get(PATHS.password, atStep(web, 'password'), (ctx) => showPassword(ctx, web));

  router.post(PATHS.password, atStep(web, 'password'), async (ctx) => {
    const { session, onboarding, person } = traveller(ctx);
    const chosen = field(ctx, 'newPassword');
    const refusals = [
      ...(await checkCurrent(ctx, web)),
      ...web.passwordRules.problems({
        password: chosen,
        again: field(ctx, 'newPasswordAgain'),
        current: field(ctx, 'currentPassword'),
        names: [person.email, ctx.state.organisation ?? '', 'Instap'],
      }),
    ];
    if (refusals.length) return showPassword(ctx, web, refusals);

    const hash = await web.hashing.hash(chosen); // Before any lock: it takes a while.
    let token = '';
    const done = await recordStep(web.db, onboarding.id, async (tx, row) => {
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
    if ('row' in done) carry(ctx, token);
    else await proveAgain(ctx, web, session);
    web.delivery.poke();
    await toCurrentStep(ctx, web, person.id);
  });
}
