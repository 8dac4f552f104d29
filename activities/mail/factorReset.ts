/** A link to set up the second factor again, for a person who can no longer get a code. */
import type { Locale } from '../../domain/locale.ts';
import type { MailContent } from './layout.ts';
import { NEVER_GIVE_AWAY } from './words.ts';

const nl = {
  head: {
    subject: 'u vroeg om hulp met uw telefoon of app',
    preheader: 'Stel opnieuw in hoe u een code krijgt.',
    title: 'Stel opnieuw in hoe u een code krijgt',
  },
  asked:
    'U hebt laten weten dat u geen code meer kunt krijgen, bijvoorbeeld omdat u een andere telefoon hebt. Met de link en uw eigen wachtwoord stelt u dat opnieuw in. De link werkt één dag.',
  button: 'Opnieuw instellen',
  notAsked: (organisation: string) =>
    `Hebt u dit niet gevraagd? Gebruik de link dan niet en laat het ${organisation} weten. ${NEVER_GIVE_AWAY.nl}`,
};
const en: typeof nl = {
  head: {
    subject: 'you asked for help with your phone or app',
    preheader: 'Set up codes again.',
    title: 'Set up codes again',
  },
  asked:
    'You told us that you can no longer get a code, for example because you have a new phone. Use the link and your own password to set this up again. The link works for one day.',
  button: 'Set up again',
  notAsked: (organisation) =>
    `If you did not ask for this, do not use the link, and tell ${organisation}. ${NEVER_GIVE_AWAY.en}`,
};
const WORDS = { nl, en };

export function factorResetMail(facts: { locale: Locale; organisation: string; url: string }): MailContent {
  const { locale, organisation, url } = facts;
  const words = WORDS[locale];
  return {
    locale,
    ...words.head,
    paragraphs: [words.asked],
    button: { label: words.button, url },
    after: [words.notAsked(organisation)],
  };
}
