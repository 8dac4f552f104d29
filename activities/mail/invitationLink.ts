/** The part that the invitation and its reminders share: the link, and what the person needs to use it. */
import type { Locale } from '../../domain/locale.ts';
import type { MailContent } from './layout.ts';
import { NEVER_GIVE_AWAY } from './words.ts';

export type InvitationFacts = {
  locale: Locale;
  organisation: string;
  /** The person or department that wrote. */
  sender: string;
  email: string;
  url: string;
  /** Undefined once the person has chosen a password; null when the sender passes it on another way. */
  temporaryPassword: string | null | undefined;
  /** The organisation that passes it on. */
  passedOnBy?: string;
  /** When the link expires. */
  until: string;
};

const nl = {
  userName: 'Gebruikersnaam',
  temporaryPassword: 'Tijdelijk wachtwoord',
  until: 'Geldig tot',
  button: 'Aanmelden',
  notExpected: (organisation: string) =>
    `Had u dit bericht niet verwacht? Gebruik de link dan niet en vraag ${organisation} of het klopt. ${NEVER_GIVE_AWAY.nl}`,
  passwordBelow:
    'Hieronder staat een tijdelijk wachtwoord. U hebt het één keer nodig. Daarna kiest u zelf een wachtwoord.',
  passedOn: (passedOnBy: string) =>
    `U krijgt het tijdelijke wachtwoord op een andere manier van ${passedOnBy}. Hebt u het niet? Vraag het daar.`,
};
const en: typeof nl = {
  userName: 'User name',
  temporaryPassword: 'Temporary password',
  until: 'Valid until',
  button: 'Sign up',
  notExpected: (organisation) =>
    `If you were not expecting this message, do not use the link, and ask ${organisation} if it is genuine. ${NEVER_GIVE_AWAY.en}`,
  passwordBelow: 'Your temporary password is below. You need it once. Then you choose your own.',
  passedOn: (passedOnBy) =>
    `${passedOnBy} will give you the temporary password in another way. If you do not have it, ask them.`,
};
const WORDS = { nl, en };

/** What to know about the temporary password, while it is needed. */
export function aboutTemporaryPassword(facts: InvitationFacts): string[] {
  const { locale, temporaryPassword, organisation, passedOnBy = organisation } = facts;
  const words = WORDS[locale];
  if (temporaryPassword === undefined) return [];
  return [temporaryPassword ? words.passwordBelow : words.passedOn(passedOnBy)];
}

/** The link, what is needed to use it, and what to do when the mail was not expected. */
export function invitationLink(facts: InvitationFacts): Pick<MailContent, 'rows' | 'button' | 'after'> {
  const { locale, organisation, email, url, temporaryPassword, until } = facts;
  const words = WORDS[locale];
  return {
    rows: [
      [words.userName, email],
      ...(temporaryPassword ? [[words.temporaryPassword, temporaryPassword] as [string, string]] : []),
      [words.until, until],
    ],
    button: { label: words.button, url },
    after: [words.notExpected(organisation)],
  };
}
