/** The invitation: a confidential message is waiting, and how to read it. */
import { aboutTemporaryPassword, type InvitationFacts, invitationLink } from './invitationLink.ts';
import type { MailContent } from './layout.ts';

const nl = {
  head: {
    subject: 'er staat een vertrouwelijk bericht voor u klaar',
    preheader: 'U stelt één keer uw toegang in. Dat duurt een paar minuten.',
    title: 'Er staat een vertrouwelijk bericht voor u klaar',
  },
  why: (sender: string) =>
    `${sender} heeft u een vertrouwelijk bericht gestuurd. Om het te lezen stelt u één keer uw toegang in. Dat duurt een paar minuten.`,
  phone: 'Houd uw mobiele telefoon bij de hand.',
  begun: 'U bent al begonnen. Met de link gaat u verder waar u was.',
};
const en: typeof nl = {
  head: {
    subject: 'a confidential message is waiting for you',
    preheader: 'Set up your account once. It takes a few minutes.',
    title: 'A confidential message is waiting for you',
  },
  why: (sender) =>
    `${sender} sent you a confidential message. To read it, set up your account once. It takes a few minutes.`,
  phone: 'Have your mobile phone at hand.',
  begun: 'You have already started. Use the link to continue where you stopped.',
};
const WORDS = { nl, en };

export function invitationMail(facts: InvitationFacts): MailContent {
  const { locale, sender, temporaryPassword } = facts;
  const words = WORDS[locale];
  return {
    locale,
    ...words.head,
    paragraphs: [
      words.why(sender),
      words.phone,
      ...(temporaryPassword === undefined ? [words.begun] : []),
      ...aboutTemporaryPassword(facts),
    ],
    ...invitationLink(facts),
  };
}
