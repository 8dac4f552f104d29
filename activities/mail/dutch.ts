/**
 * What each mail says in Dutch, at level B1. Never the message or its subject. It speaks of the link and not of the
 * button, because the text part has none.
 */
import type { Letter } from './layout.ts';
import {
  type InvitationFacts,
  type ResetFacts,
  rows,
  type StepName,
  type WrongFactorFacts,
} from './letterFacts.ts';

const NEVER =
  'Geef uw wachtwoord en codes aan niemand. Wij vragen er nooit om, niet per e-mail en niet per telefoon.';

/** What the invitation and the reminders say of the temporary password, while it is still needed. */
function aboutPassword({
  temporaryPassword,
  organisation,
  passedOnBy = organisation,
}: InvitationFacts): string[] {
  if (temporaryPassword === undefined) return [];
  return temporaryPassword
    ? [
        'Hieronder staat een tijdelijk wachtwoord. U hebt het één keer nodig. Daarna kiest u zelf een wachtwoord.',
      ]
    : [
        `U krijgt het tijdelijke wachtwoord op een andere manier van ${passedOnBy}. Hebt u het niet? Vraag het daar.`,
      ];
}

/** The link, with what is needed behind it, and what to do when the mail was not expected. */
const withLink = ({ organisation, email, url, temporaryPassword, until }: InvitationFacts) => ({
  rows: rows(
    ['Gebruikersnaam', email],
    ['Tijdelijk wachtwoord', temporaryPassword],
    ['Te gebruiken tot', until],
  ),
  button: { label: 'Aanmelden', url },
  after: [
    `Verwacht u dit bericht niet? Gebruik de link dan niet en vraag ${organisation} of het klopt. ${NEVER}`,
  ],
});

export const dutch = {
  invitation(facts: InvitationFacts): Letter {
    return {
      ...withLink(facts),
      subject: `${facts.organisation}: er staat een vertrouwelijk bericht voor u klaar`,
      preheader: 'U stelt één keer uw toegang in. Dat duurt een paar minuten.',
      title: 'Er staat een vertrouwelijk bericht voor u klaar',
      paragraphs: [
        `${facts.sender} heeft u een vertrouwelijk bericht gestuurd. Om het te lezen stelt u één keer uw toegang in. Dat duurt een paar minuten.`,
        'Houd uw mobiele telefoon bij de hand.',
        ...(facts.temporaryPassword === undefined
          ? ['U bent al begonnen. Met de link gaat u verder waar u was.']
          : []),
        ...aboutPassword(facts),
      ],
    };
  },
  reminder(facts: InvitationFacts & { step: StepName; last: boolean }): Letter {
    const next = {
      terms: 'U moet nog akkoord gaan met de gebruiksvoorwaarden.',
      password: 'U moet nog een eigen wachtwoord kiezen.',
      sms: 'U moet nog kiezen hoe u een code krijgt: per SMS of met een app.',
      app: 'U moet nog een authenticatie-app instellen, of die stap overslaan.',
      profile: 'U moet alleen nog uw gegevens invullen.',
    }[facts.step];
    return {
      ...withLink(facts),
      subject: `${facts.organisation}: uw vertrouwelijke bericht wacht nog`,
      preheader: next,
      title: 'Uw vertrouwelijke bericht wacht nog',
      paragraphs: [
        `${facts.sender} heeft u een vertrouwelijk bericht gestuurd. U hebt het nog niet kunnen lezen. ${next}`,
        'Met de link gaat u verder waar u was. Wat u al hebt gedaan, is bewaard.',
        ...aboutPassword(facts),
        ...(facts.last
          ? [
              'Dit is de laatste herinnering. De link werkt nog tot de datum hieronder. Daarna kunt u met de link een nieuwe uitnodiging laten sturen.',
            ]
          : []),
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
        'U hoeft dit maar één keer in te stellen. Vanaf nu logt u in met uw e-mailadres, uw eigen wachtwoord en een code van uw telefoon.',
      ],
      button: { label: 'Bericht lezen', url },
    };
  },
  resetPassword({ organisation, url, passedOnBy }: ResetFacts): Letter {
    return {
      subject: `${organisation}: u vroeg om een nieuw wachtwoord`,
      preheader: 'Kies het met de link in deze e-mail.',
      title: 'U vroeg om een nieuw wachtwoord',
      paragraphs: [
        'U hebt laten weten dat u uw wachtwoord niet meer weet. Met de link kiest u een nieuw wachtwoord. De link werkt één dag.',
        ...(passedOnBy
          ? [
              `U hebt daarbij ook het tijdelijke wachtwoord van ${passedOnBy} nodig. Het staat niet in deze e-mail. Hebt u het niet meer? Vraag ${passedOnBy} om een nieuw.`,
            ]
          : []),
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
        'U hebt laten weten dat u geen code meer kunt krijgen, bijvoorbeeld omdat u een andere telefoon hebt. Met de link en uw eigen wachtwoord stelt u dat opnieuw in. De link werkt één dag.',
      ],
      button: { label: 'Opnieuw instellen', url },
      after: [
        `Hebt u dit niet gevraagd? Gebruik de link dan niet en laat het ${organisation} weten. ${NEVER}`,
      ],
    };
  },
  wrongFactors({ organisation, of, tries, device, when, url }: WrongFactorFacts): Letter {
    const on = device === 'phone' ? 'op een telefoon of tablet' : 'op een computer';
    const happened = {
      'session-ended': `Op ${when} kende iemand ${on} uw wachtwoord of had de link voor een nieuw wachtwoord, en vulde daarna ${tries} keer achter elkaar een verkeerde code in. Wij hebben dat gestopt.`,
      'sign-in-closed': `Op ${when} is ${on} met uw wachtwoord te vaak achter elkaar een verkeerde code ingevuld. Daarom kan nu niemand meer inloggen, ook u niet.`,
      'reset-closed': `Op ${when} is ${on} bij het kiezen van een nieuw wachtwoord te vaak achter elkaar een verkeerde code ingevuld. Daarom kan dat nu niet meer. Inloggen kan wel, als dat niet ook is gesloten.`,
    }[of];
    const todo = {
      'session-ended':
        'Was u dit zelf? Dan hoeft u niets te doen, en kunt u opnieuw inloggen. Was u dit niet? Kies dan meteen een nieuw wachtwoord.',
      'sign-in-closed':
        'U opent het weer door een nieuw wachtwoord te kiezen. U krijgt dan een e-mail, en vult ook een code in.',
      'reset-closed': `Was u dit niet? Vraag dan hulp aan ${organisation}: iemand anders kan misschien bij uw e-mail.`,
    }[of];
    return {
      subject: `${organisation}: er zijn verkeerde codes ingevuld`,
      preheader:
        of === 'session-ended'
          ? 'Was u dit niet, kies dan een nieuw wachtwoord.'
          : 'Lees wat u nu kunt doen.',
      title:
        of === 'session-ended' ? 'Er zijn verkeerde codes ingevuld' : 'Voor uw veiligheid is iets gesloten',
      paragraphs: [happened, todo],
      button: { label: 'Nieuw wachtwoord aanvragen', url },
      after: [NEVER],
    };
  },
  messageNotice({
    organisation,
    sender,
    more,
    url,
  }: {
    organisation: string;
    /** Of one of the messages. */
    sender: string;
    /** How many others wait besides it. */
    more: number;
    url: string;
  }): Letter {
    const how = 'met uw e-mailadres, uw eigen wachtwoord en een code van uw telefoon';
    if (more)
      return {
        subject: `${organisation}: er staan ${more + 1} vertrouwelijke berichten voor u klaar`,
        preheader: 'Log in om ze te lezen.',
        title: `Er staan ${more + 1} vertrouwelijke berichten voor u klaar`,
        paragraphs: [
          `${sender} heeft u een vertrouwelijk bericht gestuurd, en er ${more === 1 ? 'is nog een bericht' : `zijn nog ${more} berichten`} binnengekomen. Log in om ze te lezen, ${how}.`,
        ],
        button: { label: 'Berichten lezen', url },
      };
    return {
      subject: `${organisation}: er staat een vertrouwelijk bericht voor u klaar`,
      preheader: 'Log in om het te lezen.',
      title: 'Er staat een vertrouwelijk bericht voor u klaar',
      paragraphs: [`${sender} heeft u een vertrouwelijk bericht gestuurd. Log in om het te lezen, ${how}.`],
      button: { label: 'Bericht lezen', url },
    };
  },
};
