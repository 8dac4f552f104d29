/** The two fields of a new password with their rules, for the first password and for a forgotten one. */
import type { Locale } from '../../domain/locale.ts';
import { LONGEST, type PasswordProblem, SHORTEST } from '../account/passwordRules.ts';
import type { Ctx } from '../context.ts';
import { type FieldErrors, inputField } from '../ui/form.ts';
import { type Html, html } from '../ui/html.ts';

export type NewPasswordRefusal = PasswordProblem;

const NOT_TEMPORARY = { nl: 'Niet het tijdelijke wachtwoord.', en: 'Not the temporary password.' };

const nl = {
  username: 'Gebruikersnaam',
  fresh: 'Nieuw wachtwoord',
  again: 'Nogmaals nieuw wachtwoord',
  requirements: 'Eisen aan het wachtwoord',
  rules: [
    `Minstens ${SHORTEST} tekens, hoogstens ${LONGEST}. Elk teken telt, ook een spatie.`,
    'Geen wachtwoord dat veel mensen gebruiken of dat ooit is gelekt.',
    NOT_TEMPORARY.nl,
    'Niet gemaakt van uw e-mailadres, van de naam van de organisatie of van de naam Instap.',
  ],
  tip: 'Tip: een paar woorden achter elkaar zijn sterk en goed te onthouden. Hoofdletters, cijfers en leestekens mogen, maar hoeven niet. U mag het wachtwoord in uw browser of in een wachtwoordmanager bewaren.',
  live: {
    start: `Minstens ${SHORTEST} tekens.`,
    startAgain: 'Precies hetzelfde wachtwoord.',
    missing: 'Nog te kort. Er ontbreken tekens: {n}.',
    enough: 'Lang genoeg.',
    same: 'De wachtwoorden zijn gelijk.',
    different: 'Nog niet gelijk aan het nieuwe wachtwoord.',
  },
  errors: {
    unseen: 'Kies een wachtwoord met zichtbare tekens, niet alleen spaties.',
    'too-short': `Kies een wachtwoord van minstens ${SHORTEST} tekens.`,
    'too-long': `Kies een wachtwoord van hoogstens ${LONGEST} tekens.`,
    common: 'Te veel mensen gebruiken dit wachtwoord. Kies een ander.',
    temporary: 'Kies een ander wachtwoord dan het tijdelijke.',
    'made-of-names':
      'Kies een wachtwoord dat niet is gemaakt van uw e-mailadres, de naam van de organisatie of de naam Instap.',
    'not-the-same': 'De twee nieuwe wachtwoorden zijn niet gelijk. Vul ze opnieuw in.',
  } satisfies Record<PasswordProblem, string>,
};
const en: typeof nl = {
  username: 'User name',
  fresh: 'New password',
  again: 'New password again',
  requirements: 'Requirements for the password',
  rules: [
    `At least ${SHORTEST} characters, at most ${LONGEST}. Every character counts, including spaces.`,
    'Not a password that many people use or that has been leaked.',
    NOT_TEMPORARY.en,
    "Not based on your e-mail address, the organisation's name or the name Instap.",
  ],
  tip: 'Tip: a few words in a row are strong and easy to remember. You can use capitals, digits and punctuation, but you do not have to. You can save the password in your browser or in a password manager.',
  live: {
    start: `At least ${SHORTEST} characters.`,
    startAgain: 'Exactly the same password.',
    missing: 'Too short. Characters still needed: {n}.',
    enough: 'Long enough.',
    same: 'The passwords are the same.',
    different: 'Not yet the same as the new password.',
  },
  errors: {
    unseen: 'Choose a password with visible characters, not only spaces.',
    'too-short': `Choose a password of at least ${SHORTEST} characters.`,
    'too-long': `Choose a password of at most ${LONGEST} characters.`,
    common: 'Too many people use this password. Choose a different one.',
    temporary: 'Choose a different password from the temporary one.',
    'made-of-names':
      "Choose a password that is not based on your e-mail address, the organisation's name or the name Instap.",
    'not-the-same': 'The two new passwords are not the same. Enter them again.',
  },
};
export const WORDS = { nl, en };

/** All errors at once, each at its field. */
export function newPasswordErrors(locale: Locale, refusals: readonly NewPasswordRefusal[]): FieldErrors {
  const { errors } = WORDS[locale];
  const chosen = refusals.filter((refusal) => refusal !== 'not-the-same').map((refusal) => errors[refusal]);
  return {
    newPassword: chosen.join(' ') || undefined,
    newPasswordAgain: refusals.includes('not-the-same') ? errors['not-the-same'] : undefined,
  };
}

/**
 * Includes the user name, so that password managers store the pair. `temporary`: there is a temporary password, which
 * must not be chosen.
 */
export function newPasswordFields(
  ctx: Ctx,
  { email, errors, temporary }: { email: string; errors: FieldErrors; temporary: boolean },
): Html {
  const words = WORDS[ctx.state.locale];
  const rules = words.rules.filter((rule) => temporary || rule !== NOT_TEMPORARY[ctx.state.locale]);
  const { start, startAgain, missing, enough, same, different } = words.live;
  const password = {
    type: 'password',
    required: true,
    autocomplete: 'new-password',
    reveal: true,
    errors,
  } as const;
  return html`
${inputField(ctx, { name: 'username', label: words.username, value: email, readonly: true, autocomplete: 'username', plain: true, errors })}
${inputField(ctx, {
  ...password,
  name: 'newPassword',
  label: words.fresh,
  live: { start, atLeast: SHORTEST, missing, enough },
  explanation: {
    label: words.requirements,
    body: html`<ul>${rules.map((rule) => html`<li>${rule}</li>`)}</ul><p>${words.tip}</p>`,
  },
})}
${inputField(ctx, { ...password, name: 'newPasswordAgain', label: words.again, live: { start: startAgain, sameAs: 'newPassword', same, different } })}`;
}
