/** The temporary password field and its check, for the password step and for a new password. */

import { audit } from '../../db/audit.ts';
import type { Onboarding } from '../../db/onboardings.ts';
import { isTemporaryPassword, whoPassesOn } from '../../db/temporaryPasswords.ts';
import { isVisible } from '../../domain/typed.ts';
import { type Ctx, field, type Web } from '../context.ts';
import { countAttempt, perNetworkKey } from '../middleware/limits.ts';
import { type FieldErrors, inputField } from '../ui/form.ts';
import type { Html } from '../ui/html.ts';
import { html } from '../ui/html.ts';

export type CurrentRefusal = 'current-missing' | 'current-wrong' | 'too-many-tries';

const nl = {
  current: 'Huidig wachtwoord',
  hint: 'Het tijdelijke wachtwoord. U kunt het kopiëren en plakken.',
  where: 'Waar vind ik het tijdelijke wachtwoord?',
  inMail:
    'In de nieuwste e-mail met de knop Aanmelden, in het vak boven die knop, bij Tijdelijk wachtwoord. Staat de e-mail niet in uw postvak, kijk dan bij ongewenste e-mail. Lukt het niet, kies dan onderaan deze pagina "Dit lukt mij niet".',
  fromOrganisation: (organisation: string) =>
    `U krijgt het van ${organisation} zelf, bijvoorbeeld per telefoon of brief. Het staat niet in de e-mail. Hebt u het niet of niet meer? Vraag ${organisation} om een nieuw tijdelijk wachtwoord.`,
  errors: {
    'current-missing': 'Vul het tijdelijke wachtwoord in dat u hebt gekregen.',
    'current-wrong': 'Dit is niet het tijdelijke wachtwoord. Kopieer het uit de e-mail en plak het hier.',
    'too-many-tries':
      'U hebt te vaak een verkeerd wachtwoord ingevuld. Wacht een kwartier en probeer het opnieuw.',
  } satisfies Record<CurrentRefusal, string>,
  wrongFrom: (organisation: string) =>
    `Dit is niet het tijdelijke wachtwoord. Controleer of u het precies zo hebt ingevuld als u het van ${organisation} kreeg.`,
};
const en: typeof nl = {
  current: 'Current password',
  hint: 'The temporary password. You can copy and paste it.',
  where: 'Where do I find the temporary password?',
  inMail:
    'In the newest e-mail with the button Sign up. It is in the box above that button, next to Temporary password. If the e-mail is not in your inbox, check the spam folder. If you cannot find it, choose "I can\'t do this" at the bottom of this page.',
  fromOrganisation: (organisation) =>
    `${organisation} gives it to you, for example by phone or letter. It is not in the e-mail. If you do not have it, ask ${organisation} for a new temporary password.`,
  errors: {
    'current-missing': 'Enter the temporary password that you were given.',
    'current-wrong': 'This is not the temporary password. Copy it from the e-mail and paste it here.',
    'too-many-tries': 'You entered a wrong password too many times. Wait 15 minutes and try again.',
  },
  wrongFrom: (organisation) =>
    `This is not the temporary password. Check that you entered it exactly as ${organisation} gave it to you.`,
};
export const WORDS = { nl, en };

type Mode = Pick<Onboarding, 'id' | 'temporaryPasswordMode'>;

/** The organisation that passes it on; undefined when it is mailed. */
export async function passedOnBy(
  { db }: Web,
  { id, temporaryPasswordMode }: Mode,
  clientId: string | null,
): Promise<string | undefined> {
  return temporaryPasswordMode === 'sender' ? whoPassesOn(db, { onboardingId: id, clientId }) : undefined;
}

/** The error message for what was typed. `organisation`: the one that passes it on, if any. */
export function currentError(
  { state }: Ctx,
  refused: CurrentRefusal | undefined,
  organisation: string | undefined,
): string | undefined {
  const words = WORDS[state.locale];
  if (organisation && refused === 'current-wrong') return words.wrongFrom(organisation);
  return refused && words.errors[refused];
}

export function currentField(ctx: Ctx, organisation: string | undefined, errors: FieldErrors): Html {
  const words = WORDS[ctx.state.locale];
  const where = organisation ? words.fromOrganisation(organisation) : words.inMail;
  return inputField(ctx, {
    name: 'currentPassword',
    label: words.current,
    type: 'password',
    hint: words.hint,
    required: true,
    autocomplete: 'off',
    reveal: true,
    explanation: { label: words.where, body: html`<p>${where}</p>` },
    errors,
  });
}

/** Counts the attempt before comparing it with the temporary passwords; it is audited whatever happens to the step. */
export async function checkCurrent(
  ctx: Ctx,
  web: Web,
  onboarding: Pick<Onboarding, 'id' | 'personId'>,
): Promise<CurrentRefusal | undefined> {
  const { db } = web;
  // Counted per network only, so that somebody with a forwarded link cannot use up the owner's attempts.
  const here = perNetworkKey(ctx, web, onboarding.id);
  const typed = field(ctx, 'currentPassword');
  if (!isVisible(typed)) return 'current-missing';
  const { personId } = onboarding;
  const counted = await countAttempt(web, 'temporary-password', here, { personId });
  if (!counted.allowed) return 'too-many-tries';
  const right = await isTemporaryPassword(db, onboarding, typed);
  await audit(db, { event: `temporary_password.${right ? 'proven' : 'refused'}`, personId });
  if (!right) return 'current-wrong';
  await web.attempts.forget(['temporary-password'], here);
  return undefined;
}
