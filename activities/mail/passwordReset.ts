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
    'U hebt laten weten dat u uw wachtwoord bent vergeten. Met de link kiest u een nieuw wachtwoord. De link werkt één dag.',
  passedOn: (passedOnBy: string) =>
    `U hebt daarbij ook het tijdelijke wachtwoord van ${passedOnBy} nodig. Het staat niet in deze e-mail. Hebt u het niet meer? Vraag ${passedOnBy} om een nieuw tijdelijk wachtwoord.`,
  button: 'Nieuw wachtwoord kiezen',
  notAsked: 'Hebt u dit niet gevraagd? Dan hoeft u niets te doen. Uw wachtwoord blijft hetzelfde.',
};
const en: typeof nl = {
  head: {
    subject: 'you asked for a new password',
    preheader: 'Choose it with the link in this e-mail.',
    title: 'You asked for a new password',
  },
  asked:
    'You told us that you have forgotten your password. Use the link to choose a new one. It works for one day.',
  passedOn: (passedOnBy) =>
    `You also need the temporary password from ${passedOnBy}. It is not in this e-mail. If you no longer have it, ask ${passedOnBy} for a new one.`,
  button: 'Choose a new password',
  notAsked: 'If you did not ask for this, you do not have to do anything. Your password stays the same.',
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
