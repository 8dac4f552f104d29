/** What each mail says, in both languages. Never the message or its subject. */
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
  invitation({ organisation, sender, email, url, temporaryPassword, until }: InvitationFacts): Letter {
    return {
      subject: `${organisation}: er staat een vertrouwelijk bericht voor u klaar`,
      preheader: 'Stel eenmalig uw toegang in. Dat duurt een paar minuten.',
      paragraphs: [
        `${sender} heeft u een vertrouwelijk bericht gestuurd. Om het te lezen stelt u eenmalig uw toegang in. Dat duurt een paar minuten.`,
        'Houd uw mobiele telefoon bij de hand.',
        ...(temporaryPassword === null
          ? [
              `U krijgt het tijdelijke wachtwoord op een andere manier van ${organisation}. Hebt u het niet? Vraag er daar naar.`,
            ]
          : []),
      ],
      rows: [
        ['Gebruikersnaam', email],
        ...(temporaryPassword ? ([['Tijdelijk wachtwoord', temporaryPassword]] as [string, string][]) : []),
        ['Te gebruiken tot', until],
      ],
      button: { label: 'Aanmelden', url },
      after: [
        `Verwacht u dit bericht niet? Klik dan niet op de knop en vraag ${organisation} of het klopt. Geef het tijdelijke wachtwoord aan niemand.`,
      ],
    };
  },
  reminder(facts: InvitationFacts & { step: StepName; last: boolean }): Letter {
    const stopped = {
      terms: 'U bent nog niet begonnen.',
      password: 'U moet nog een eigen wachtwoord kiezen.',
      sms: 'U moet nog uw mobiele nummer of een authenticatie-app instellen.',
      app: 'U moet nog een authenticatie-app instellen, of die stap overslaan.',
      profile: 'U moet alleen nog uw gegevens invullen.',
    }[facts.step];
    const invitation = nl.invitation(facts);
    return {
      ...invitation,
      subject: `${facts.organisation}: uw vertrouwelijke bericht wacht nog`,
      preheader: stopped,
      paragraphs: [
        `${facts.sender} heeft u een vertrouwelijk bericht gestuurd. U hebt het nog niet kunnen lezen. ${stopped}`,
        'Wat u al hebt gedaan, is bewaard. Met de knop gaat u verder waar u was.',
        ...(facts.last ? ['Dit is de laatste herinnering.'] : []),
        ...invitation.paragraphs.slice(2),
      ],
    };
  },
  accountOpened({ organisation, url }: { organisation: string; url: string }): Letter {
    return {
      subject: `${organisation}: uw toegang is klaar`,
      preheader: 'U kunt het bericht nu lezen.',
      paragraphs: ['Uw toegang is klaar. U kunt het vertrouwelijke bericht nu lezen.'],
      button: { label: 'Bericht lezen', url },
    };
  },
  resetPassword({ organisation, url }: { organisation: string; url: string }): Letter {
    return {
      subject: `${organisation}: kies een nieuw wachtwoord`,
      preheader: 'U vroeg om een nieuw wachtwoord.',
      paragraphs: [
        'U hebt laten weten dat u uw wachtwoord niet meer weet. Met de knop kiest u een nieuw wachtwoord. De knop werkt één dag.',
      ],
      button: { label: 'Nieuw wachtwoord kiezen', url },
      after: ['Hebt u dit niet gevraagd? Dan hoeft u niets te doen: uw wachtwoord blijft zoals het was.'],
    };
  },
  resetFactor({ organisation, url }: { organisation: string; url: string }): Letter {
    return {
      subject: `${organisation}: stel uw tweede stap opnieuw in`,
      preheader: 'Uw telefoon kwijt of vervangen? Stel de tweede stap opnieuw in.',
      paragraphs: [
        'U hebt laten weten dat u niet meer bij uw tweede stap kunt, bijvoorbeeld omdat u een andere telefoon hebt. Met de knop en uw eigen wachtwoord stelt u hem opnieuw in. De knop werkt één dag.',
      ],
      button: { label: 'Tweede stap opnieuw instellen', url },
      after: ['Hebt u dit niet gevraagd? Dan hoeft u niets te doen, en geef uw wachtwoord aan niemand.'],
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
      paragraphs: [`${sender} heeft u een vertrouwelijk bericht gestuurd. Log in om het te lezen.`],
      button: { label: 'Bericht lezen', url },
    };
  },
};

const en: typeof nl = {
  invitation({ organisation, sender, email, url, temporaryPassword, until }) {
    return {
      subject: `${organisation}: a confidential message is waiting for you`,
      preheader: 'Set up your access once. It takes a few minutes.',
      paragraphs: [
        `${sender} sent you a confidential message. To read it, set up your access once. It takes a few minutes.`,
        'Have your mobile phone at hand.',
        ...(temporaryPassword === null
          ? [
              `${organisation} gives you the temporary password in another way. Do you not have it? Ask for it there.`,
            ]
          : []),
      ],
      rows: [
        ['User name', email],
        ...(temporaryPassword ? ([['Temporary password', temporaryPassword]] as [string, string][]) : []),
        ['Can be used until', until],
      ],
      button: { label: 'Sign up', url },
      after: [
        `Were you not expecting this message? Then do not use the button, and ask ${organisation} whether it is right. Give the temporary password to nobody.`,
      ],
    };
  },
  reminder(facts) {
    const stopped = {
      terms: 'You have not started yet.',
      password: 'You still have to choose your own password.',
      sms: 'You still have to set up your mobile number or an authenticator app.',
      app: 'You still have to set up an authenticator app, or skip that step.',
      profile: 'You only have to fill in your details.',
    }[facts.step];
    const invitation = en.invitation(facts);
    return {
      ...invitation,
      subject: `${facts.organisation}: your confidential message is still waiting`,
      preheader: stopped,
      paragraphs: [
        `${facts.sender} sent you a confidential message. You have not been able to read it yet. ${stopped}`,
        'What you did before is kept. The button takes you to where you were.',
        ...(facts.last ? ['This is the last reminder.'] : []),
        ...invitation.paragraphs.slice(2),
      ],
    };
  },
  accountOpened({ organisation, url }) {
    return {
      subject: `${organisation}: your access is ready`,
      preheader: 'You can read the message now.',
      paragraphs: ['Your access is ready. You can read the confidential message now.'],
      button: { label: 'Read the message', url },
    };
  },
  resetPassword({ organisation, url }) {
    return {
      subject: `${organisation}: choose a new password`,
      preheader: 'You asked for a new password.',
      paragraphs: [
        'You let us know that you no longer know your password. The button lets you choose a new one. It works for one day.',
      ],
      button: { label: 'Choose a new password', url },
      after: ['Did you not ask for this? Then there is nothing to do: your password stays as it was.'],
    };
  },
  resetFactor({ organisation, url }) {
    return {
      subject: `${organisation}: set up your second step again`,
      preheader: 'Lost or replaced your phone? Set up the second step again.',
      paragraphs: [
        'You let us know that you can no longer get at your second step, for example because you have another phone. With the button and your own password you set it up again. It works for one day.',
      ],
      button: { label: 'Set up the second step again', url },
      after: ['Did you not ask for this? Then there is nothing to do, and give your password to nobody.'],
    };
  },
  messageNotice({ organisation, sender, url }) {
    return {
      subject: `${organisation}: a confidential message is waiting for you`,
      preheader: 'Sign in to read it.',
      paragraphs: [`${sender} sent you a confidential message. Sign in to read it.`],
      button: { label: 'Read the message', url },
    };
  },
};

export type Letters = typeof nl;

export const LETTERS: Record<Locale, Letters> = { nl, en };
