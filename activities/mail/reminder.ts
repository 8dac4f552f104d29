/** A reminder of the invitation: names the step where the participant stopped. */
import type { Step } from '../../domain/steps.ts';
import { aboutTemporaryPassword, type InvitationFacts, invitationLink } from './invitationLink.ts';
import type { MailContent } from './layout.ts';

const nl = {
  subject: 'uw vertrouwelijke bericht wacht nog',
  title: 'Uw vertrouwelijke bericht wacht nog',
  next: {
    terms: 'U moet nog akkoord gaan met de gebruiksvoorwaarden.',
    password: 'U moet nog een eigen wachtwoord kiezen.',
    sms: 'U moet nog kiezen hoe u een code krijgt: per SMS of met een app.',
    app: 'U moet nog een authenticatie-app instellen, of die stap overslaan.',
    profile: 'U moet alleen nog uw gegevens invullen.',
  },
  notYetRead: (sender: string) =>
    `${sender} heeft u een vertrouwelijk bericht gestuurd. U hebt het nog niet kunnen lezen.`,
  saved: 'Met de link gaat u verder waar u was. Wat u al hebt gedaan, is bewaard.',
  last: 'Dit is de laatste herinnering. De link werkt nog tot de datum hieronder. Daarna kunt u met de link een nieuwe uitnodiging laten sturen.',
};
const en: typeof nl = {
  subject: 'your confidential message is still waiting',
  title: 'Your confidential message is still waiting',
  next: {
    terms: 'You still need to agree to the terms of use.',
    password: 'You still need to choose your own password.',
    sms: 'You still need to choose how you get codes: by SMS or from an app.',
    app: 'You still need to set up an authenticator app, or skip that step.',
    profile: 'You only need to enter your details.',
  },
  notYetRead: (sender) => `${sender} sent you a confidential message. You have not been able to read it yet.`,
  saved: 'Use the link to continue where you stopped. What you have already done is saved.',
  last: 'This is the last reminder. The link works until the date below. After that you can use it to have a new invitation sent.',
};
export const WORDS = { nl, en };

export function reminderMail(facts: InvitationFacts & { step: Step; isLast: boolean }): MailContent {
  const { locale, sender, step, isLast } = facts;
  const words = WORDS[locale];
  const next = words.next[step];
  return {
    locale,
    subject: words.subject,
    preheader: next,
    title: words.title,
    paragraphs: [
      `${words.notYetRead(sender)} ${next}`,
      words.saved,
      ...aboutTemporaryPassword(facts),
      ...(isLast ? [words.last] : []),
    ],
    ...invitationLink(facts),
  };
}
