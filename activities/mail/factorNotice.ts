/**
 * To the owner, after wrong codes were entered following the right password or a reset link: what is closed, and what
 * to do.
 */
import type { FactorNotice } from '../../db/wrongFactors.ts';
import type { Locale } from '../../domain/locale.ts';
import type { MailContent } from './layout.ts';
import { NEVER_GIVE_AWAY } from './words.ts';

type FactorNoticeFacts = Pick<FactorNotice, 'of' | 'device'> & {
  locale: Locale;
  organisation: string;
  /** How many wrong codes in a row end a session. */
  tries: number;
  when: string;
  /** Where to request a new password. */
  url: string;
};

/** `on`: the kind of device, in words. */
type Happened = { when: string; on: string; tries: number; organisation: string };

const nl = {
  subject: 'er zijn verkeerde codes ingevuld',
  ended: {
    preheader: 'Was u dit niet, kies dan een nieuw wachtwoord.',
    title: 'Er zijn verkeerde codes ingevuld',
  },
  closed: {
    preheader: 'Lees wat u nu kunt doen.',
    title: 'Een deel van uw account is gesloten voor uw veiligheid',
  },
  on: { phone: 'op een telefoon of tablet', computer: 'op een computer' },
  'session-ended': ({ when, on, tries }: Happened) => [
    `Op ${when} heeft iemand ${on} uw wachtwoord of de link voor een nieuw wachtwoord gebruikt, en daarna ${tries} keer achter elkaar een verkeerde code ingevuld. Wij hebben dat gestopt.`,
    'Was u dit zelf? Dan hoeft u niets te doen, en kunt u opnieuw inloggen. Was u dit niet? Kies dan meteen een nieuw wachtwoord.',
  ],
  'sign-in-closed': ({ when, on }: Happened) => [
    `Op ${when} is ${on} met uw wachtwoord te vaak achter elkaar een verkeerde code ingevuld. Daarom kan nu niemand meer inloggen, ook u niet.`,
    'Kies een nieuw wachtwoord om weer in te loggen. U krijgt dan een e-mail, en vult ook een code in.',
  ],
  'reset-closed': ({ when, on, organisation }: Happened) => [
    `Op ${when} is ${on} bij het kiezen van een nieuw wachtwoord te vaak achter elkaar een verkeerde code ingevuld. Daarom kan dat nu niet meer. Inloggen kan wel, als dat niet ook is gesloten.`,
    `Was u dit niet? Vraag dan hulp aan ${organisation}: iemand anders kan misschien bij uw e-mail.`,
  ],
  button: 'Nieuw wachtwoord aanvragen',
};
const en: typeof nl = {
  subject: 'wrong codes were entered',
  ended: { preheader: 'If this was not you, choose a new password.', title: 'Wrong codes were entered' },
  closed: { preheader: 'Read what you can do now.', title: 'Part of your account is closed to keep it safe' },
  on: { phone: 'on a phone or tablet', computer: 'on a computer' },
  'session-ended': ({ when, on, tries }) => [
    `On ${when}, ${on}, somebody used your password or the link for a new one, and then entered a wrong code ${tries} times in a row. We stopped that.`,
    'If this was you, you do not have to do anything and can sign in again. If it was not you, choose a new password now.',
  ],
  'sign-in-closed': ({ when, on }) => [
    `On ${when}, ${on}, wrong codes were entered too many times in a row after your password. Nobody can sign in now, including you.`,
    'To sign in again, choose a new password. We send you an e-mail for that, and you also enter a code.',
  ],
  'reset-closed': ({ when, on, organisation }) => [
    `On ${when}, ${on}, wrong codes were entered too many times in a row while choosing a new password. You cannot choose one now. You can still sign in, unless that is closed too.`,
    `If this was not you, ask ${organisation} for help: somebody else may be able to read your e-mail.`,
  ],
  button: 'Ask for a new password',
};
const WORDS = { nl, en };

export function factorNoticeMail(facts: FactorNoticeFacts): MailContent {
  const { locale, organisation, of, tries, device, when, url } = facts;
  const words = WORDS[locale];
  return {
    locale,
    subject: words.subject,
    ...(of === 'session-ended' ? words.ended : words.closed),
    paragraphs: words[of]({ when, on: words.on[device], tries, organisation }),
    button: { label: words.button, url },
    after: [NEVER_GIVE_AWAY[locale]],
  };
}
