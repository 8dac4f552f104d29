/** What each mail says, in both languages. Never the message or its subject. Dutch at level B1, plain English. */
import type { Letter, Locale } from './layout.ts';

export type InvitationFacts = {
  organisation: string;
  /** The person or department that wrote. */
  sender: string;
  email: string;
  url: string;
  /** Undefined once an own password is chosen; null when the sender passes it on another way. */
  temporaryPassword: string | null | undefined;
  until: string;
};

type StepName = 'terms' | 'password' | 'sms' | 'app' | 'profile';

const nl = {
  invitation(facts: InvitationFacts): Letter {
    return {
      ...withLink.nl(facts),
      subject: `${facts.organisation}: er staat een vertrouwelijk bericht voor u klaar`,
      preheader: 'U stelt één keer uw toegang in. Dat duurt een paar minuten.',
      title: 'Er staat een vertrouwelijk bericht voor u klaar',
      paragraphs: [
        `${facts.sender} heeft u een vertrouwelijk bericht gestuurd. Om het te lezen, stelt u één keer uw toegang in. Dat duurt een paar minuten.`,
        'Houd uw mobiele telefoon bij de hand.',
        ...temporaryPassword.nl(facts),
      ],
    };
  },
  reminder(facts: InvitationFacts & { step: StepName; last: boolean }): Letter {
    const next = {
      terms: 'U moet nog akkoord gaan met de gebruiksvoorwaarden.',
      password: 'U moet nog een eigen wachtwoord kiezen.',
      sms: 'U moet nog uw mobiele nummer of een authenticatie-app instellen.',
      app: 'U moet nog een authenticatie-app instellen, of die stap overslaan.',
      profile: 'U moet alleen nog uw gegevens invullen.',
    }[facts.step];
    return {
      ...withLink.nl(facts),
      subject: `${facts.organisation}: uw vertrouwelijke bericht wacht nog`,
      preheader: next,
      title: 'Uw vertrouwelijke bericht wacht nog',
      paragraphs: [
        `${facts.sender} heeft u een vertrouwelijk bericht gestuurd. U hebt het nog niet kunnen lezen. ${next}`,
        'Met de knop gaat u verder waar u was. Wat u al hebt gedaan, is bewaard.',
        ...temporaryPassword.nl(facts),
        ...(facts.last ? ['Dit is de laatste herinnering.'] : []),
      ],
    };
  },
  accountOpened({ organisation, url }: { organisation: string; url: string }): Letter {
    return {
      subject: `${organisation}: uw toegang is klaar`,
      preheader: 'U kunt het bericht nu lezen.',
      title: 'Uw toegang is klaar',
      paragraphs: [
        'U kunt het vertrouwelijke bericht nu lezen.',
        'Het instellen hoeft maar één keer. Vanaf nu logt u in met uw e-mailadres, uw eigen wachtwoord en een code van uw telefoon.',
      ],
      button: { label: 'Bericht lezen', url },
    };
  },
  resetPassword({ organisation, url }: { organisation: string; url: string }): Letter {
    return {
      subject: `${organisation}: u vroeg om een nieuw wachtwoord`,
      preheader: 'Kies het met de knop in deze e-mail.',
      title: 'U vroeg om een nieuw wachtwoord',
      paragraphs: [
        'U hebt laten weten dat u uw wachtwoord niet meer weet. Met de knop kiest u een nieuw wachtwoord. De knop werkt één dag.',
      ],
      button: { label: 'Nieuw wachtwoord kiezen', url },
      after: ['Hebt u dit niet gevraagd? Dan hoeft u niets te doen: uw wachtwoord blijft zoals het was.'],
    };
  },
  resetFactor({ organisation, url }: { organisation: string; url: string }): Letter {
    return {
      subject: `${organisation}: u vroeg om hulp met uw telefoon of app`,
      preheader: 'Stel opnieuw in hoe u een code krijgt.',
      title: 'Stel opnieuw in hoe u een code krijgt',
      paragraphs: [
        'U hebt laten weten dat u geen code meer kunt krijgen, bijvoorbeeld omdat u een andere telefoon hebt. Met de knop en uw eigen wachtwoord stelt u dat opnieuw in. De knop werkt één dag.',
      ],
      button: { label: 'Opnieuw instellen', url },
      after: [
        `Hebt u dit niet gevraagd? Gebruik de knop dan niet en laat het ${organisation} weten. ${NEVER.nl}`,
      ],
    };
  },
  messageNotice({
    organisation,
    sender,
    url,
  }: {
    organisation: string;
    sender: string;
    url: string;
  }): Letter {
    return {
      subject: `${organisation}: er staat een vertrouwelijk bericht voor u klaar`,
      preheader: 'Log in om het te lezen.',
      title: 'Er staat een vertrouwelijk bericht voor u klaar',
      paragraphs: [
        `${sender} heeft u een vertrouwelijk bericht gestuurd. Log in om het te lezen, met uw e-mailadres, uw eigen wachtwoord en een code van uw telefoon.`,
      ],
      button: { label: 'Bericht lezen', url },
    };
  },
};

const en: typeof nl = {
  invitation(facts) {
    return {
      ...withLink.en(facts),
      subject: `${facts.organisation}: a confidential message is waiting for you`,
      preheader: 'You set up your access once. It takes a few minutes.',
      title: 'A confidential message is waiting for you',
      paragraphs: [
        `${facts.sender} sent you a confidential message. To read it, you set up your access once. It takes a few minutes.`,
        'Have your mobile phone at hand.',
        ...temporaryPassword.en(facts),
      ],
    };
  },
  reminder(facts) {
    const next = {
      terms: 'You still have to agree to the terms of use.',
      password: 'You still have to choose your own password.',
      sms: 'You still have to set up your mobile number or an authenticator app.',
      app: 'You still have to set up an authenticator app, or skip that step.',
      profile: 'You only have to fill in your details.',
    }[facts.step];
    return {
      ...withLink.en(facts),
      subject: `${facts.organisation}: your confidential message is still waiting`,
      preheader: next,
      title: 'Your confidential message is still waiting',
      paragraphs: [
        `${facts.sender} sent you a confidential message. You have not been able to read it yet. ${next}`,
        'The button takes you to where you were. What you did before is kept.',
        ...temporaryPassword.en(facts),
        ...(facts.last ? ['This is the last reminder.'] : []),
      ],
    };
  },
  accountOpened({ organisation, url }) {
    return {
      subject: `${organisation}: your access is ready`,
      preheader: 'You can read the message now.',
      title: 'Your access is ready',
      paragraphs: [
        'You can read the confidential message now.',
        'You set up your access only once. From now on you sign in with your e-mail address, your own password and a code from your phone.',
      ],
      button: { label: 'Read the message', url },
    };
  },
  resetPassword({ organisation, url }) {
    return {
      subject: `${organisation}: you asked for a new password`,
      preheader: 'Choose it with the button in this e-mail.',
      title: 'You asked for a new password',
      paragraphs: [
        'You let us know that you no longer know your password. The button lets you choose a new one. It works for one day.',
      ],
      button: { label: 'Choose a new password', url },
      after: ['Did you not ask for this? Then there is nothing to do: your password stays as it was.'],
    };
  },
  resetFactor({ organisation, url }) {
    return {
      subject: `${organisation}: you asked for help with your phone or app`,
      preheader: 'Set up again how you get a code.',
      title: 'Set up again how you get a code',
      paragraphs: [
        'You let us know that you can no longer get a code, for example because you have another phone. With the button and your own password you set this up again. The button works for one day.',
      ],
      button: { label: 'Set up again', url },
      after: [`Did you not ask for this? Then do not use the button, and tell ${organisation}. ${NEVER.en}`],
    };
  },
  messageNotice({ organisation, sender, url }) {
    return {
      subject: `${organisation}: a confidential message is waiting for you`,
      preheader: 'Sign in to read it.',
      title: 'A confidential message is waiting for you',
      paragraphs: [
        `${sender} sent you a confidential message. Sign in to read it, with your e-mail address, your own password and a code from your phone.`,
      ],
      button: { label: 'Read the message', url },
    };
  },
};

const NEVER = {
  nl: 'Geef uw wachtwoord en codes aan niemand. Wij vragen er nooit om, niet per e-mail en niet per telefoon.',
  en: 'Give your password and codes to nobody. We never ask for them, not by e-mail and not by phone.',
};

/** What the invitation and the reminders say of the temporary password, while it is still needed. */
const temporaryPassword = {
  nl: ({ temporaryPassword, organisation }: InvitationFacts): string[] => {
    if (temporaryPassword === undefined) return [];
    return temporaryPassword
      ? [
          'Hieronder staat een tijdelijk wachtwoord. U hebt het één keer nodig. Daarna kiest u zelf een wachtwoord.',
        ]
      : [
          `U krijgt het tijdelijke wachtwoord op een andere manier van ${organisation}. Hebt u het niet? Vraag er daar naar.`,
        ];
  },
  en: ({ temporaryPassword, organisation }: InvitationFacts): string[] => {
    if (temporaryPassword === undefined) return [];
    return temporaryPassword
      ? ['Below is a temporary password. You need it once. After that you choose your own.']
      : [
          `${organisation} gives you the temporary password in another way. Do you not have it? Ask for it there.`,
        ];
  },
};

/** The button, with what is needed behind it, and what to do when the mail was not expected. */
const withLink = {
  nl: ({ organisation, email, url, temporaryPassword, until }: InvitationFacts) => ({
    rows: rows(
      ['Gebruikersnaam', email],
      ['Tijdelijk wachtwoord', temporaryPassword],
      ['Te gebruiken tot', until],
    ),
    button: { label: 'Aanmelden', url },
    after: [
      `Verwacht u dit bericht niet? Gebruik de knop dan niet en vraag ${organisation} of het klopt. ${NEVER.nl}`,
    ],
  }),
  en: ({ organisation, email, url, temporaryPassword, until }: InvitationFacts) => ({
    rows: rows(['User name', email], ['Temporary password', temporaryPassword], ['Can be used until', until]),
    button: { label: 'Sign up', url },
    after: [
      `Were you not expecting this message? Then do not use the button, and ask ${organisation} whether it is right. ${NEVER.en}`,
    ],
  }),
};

const rows = (...all: [string, string | null | undefined][]): [string, string][] =>
  all.flatMap(([label, value]) => (value ? [[label, value]] : []));

export type Letters = typeof nl;

export const LETTERS: Record<Locale, Letters> = { nl, en };
