/** The field for the person's own password where it is asked for again, and its error messages. */
import type { Person } from '../../db/people.ts';
import { isVisible } from '../../domain/typed.ts';
import { type Ctx, field, type Web } from '../context.ts';
import { inputField } from '../ui/form.ts';
import type { Html } from '../ui/html.ts';
import { type TooMany, tryPassword } from './passwordAttempts.ts';

const nl = {
  label: 'Uw eigen wachtwoord',
  errors: {
    missing: 'Vul uw eigen wachtwoord in.',
    wrong:
      'Dit wachtwoord is niet juist. Vul het wachtwoord in dat u zelf hebt gekozen, niet het tijdelijke.',
    'too-many': 'U hebt te vaak een verkeerd wachtwoord ingevuld. Wacht een kwartier en probeer het opnieuw.',
    'too-many-elsewhere':
      'Op een ander apparaat is te vaak een verkeerd wachtwoord ingevuld. Wacht een kwartier en probeer het opnieuw.',
  },
};
const en: typeof nl = {
  label: 'Your own password',
  errors: {
    missing: 'Enter your own password.',
    wrong: 'This password is not correct. Enter the password that you chose yourself, not the temporary one.',
    'too-many': 'You entered a wrong password too many times. Wait 15 minutes and try again.',
    'too-many-elsewhere':
      'A wrong password was entered too many times on another device. Wait 15 minutes and try again.',
  },
};
export const WORDS = { nl, en };

export type OwnPasswordRefusal = 'missing' | 'wrong' | TooMany;

/** Compares the posted `password`, after counting the attempt. */
export async function checkOwnPassword(
  ctx: Ctx,
  web: Web,
  { id: personId, email, passwordHash: hash }: Pick<Person, 'id' | 'email' | 'passwordHash'>,
): Promise<'right' | OwnPasswordRefusal> {
  const typed = field(ctx, 'password');
  return isVisible(typed) ? tryPassword(ctx, web, { personId, email, hash, typed }) : 'missing';
}

export const ownPasswordError = (ctx: Ctx, refused: OwnPasswordRefusal | undefined): string | undefined =>
  refused && WORDS[ctx.state.locale].errors[refused];

export const ownPasswordField = (ctx: Ctx, errors: { password?: string }): Html =>
  inputField(ctx, {
    name: 'password',
    label: WORDS[ctx.state.locale].label,
    type: 'password',
    required: true,
    autocomplete: 'current-password',
    reveal: true,
    errors,
  });
