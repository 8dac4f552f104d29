/** A link to choose a new password, for a person who has forgotten theirs. */
import type { Locale } from '../../domain/locale.ts';
import type { MailContent } from './layout.ts';

const nl = {
  head: {
    subject: 'u vroeg om een nieuw wachtwoord',
    preheader: 'Kies het met de link in deze e-mail.',
    title: 'U vroeg om een nieuw wachtwoord',
  },
  asked:
    'U hebt laten weten dat u uw wachtwoord niet meer weet. Met de link kiest u een nieuw wachtwoord. De link werkt één dag.',
  passedOn: (passedOnBy: string) =>
    `U hebt daarbij ook het tijdelijke wachtwoord van ${passedOnBy} nodig. Het staat niet in deze e-mail. Hebt u het niet meer? Vraag ${passedOnBy} om een nieuw.`,
  button: 'Nieuw wachtwoord kiezen',
  notAsked: 'Hebt u dit niet gevraagd? Dan hoeft u niets te doen: uw wachtwoord blijft zoals het was.',
};
const en: typeof nl = {
  head: {
    subject: 'you asked for a new password',
    preheader: 'Choose it with the link in this e-mail.',
    title: 'You asked for a new password',
  },
  asked:
    'You let us know that you no longer know your password. The link lets you choose a new one. It works for one day.',
  passedOn: (passedOnBy) =>
    `You also need the temporary password from ${passedOnBy}. It is not in this e-mail. Do you no longer have it? Ask ${passedOnBy} for a new one.`,
  button: 'Choose a new password',
  notAsked: 'Did you not ask for this? Then there is nothing to do: your password stays as it was.',
};
const WORDS = { nl, en };

/** `passedOnBy`: the organisation whose temporary password is also needed. */
export function passwordResetMail(facts: { locale: Locale; url: string; passedOnBy?: string }): MailContent {
  const { locale, url, passedOnBy } = facts;
  const words = WORDS[locale];
  return {
    locale,
    ...words.head,
    paragraphs: [words.asked, ...(passedOnBy ? [words.passedOn(passedOnBy)] : [])],
    button: { label: words.button, url },
    after: [words.notAsked],
  };
}
