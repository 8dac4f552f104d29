/** To a person with an open account: a message is waiting, or several are. */
import type { Locale } from '../../domain/locale.ts';
import type { MailContent } from './layout.ts';
import { SIGN_IN_WITH } from './words.ts';

type MessageNoticeFacts = {
  locale: Locale;
  /** The sender of one of the messages. */
  sender: string;
  /** How many more messages are waiting. */
  more: number;
  url: string;
};

const nl = {
  one: {
    subject: 'er staat een vertrouwelijk bericht voor u klaar',
    preheader: 'Log in om het te lezen.',
    title: 'Er staat een vertrouwelijk bericht voor u klaar',
    waiting: (sender: string) =>
      `${sender} heeft u een vertrouwelijk bericht gestuurd. Log in om het te lezen, ${SIGN_IN_WITH.nl}.`,
    button: 'Bericht lezen',
  },
  several: {
    subject: (count: number) => `er staan ${count} vertrouwelijke berichten voor u klaar`,
    preheader: 'Log in om ze te lezen.',
    title: (count: number) => `Er staan ${count} vertrouwelijke berichten voor u klaar`,
    waiting: (sender: string, more: number) =>
      `${sender} heeft u een vertrouwelijk bericht gestuurd, en er ${more === 1 ? 'is nog een bericht' : `zijn nog ${more} berichten`} binnengekomen. Log in om ze te lezen, ${SIGN_IN_WITH.nl}.`,
    button: 'Berichten lezen',
  },
};
const en: typeof nl = {
  one: {
    subject: 'a confidential message is waiting for you',
    preheader: 'Sign in to read it.',
    title: 'A confidential message is waiting for you',
    waiting: (sender) => `${sender} sent you a confidential message. Sign in to read it, ${SIGN_IN_WITH.en}.`,
    button: 'Read the message',
  },
  several: {
    subject: (count) => `${count} confidential messages are waiting for you`,
    preheader: 'Sign in to read them.',
    title: (count) => `${count} confidential messages are waiting for you`,
    waiting: (sender, more) =>
      `${sender} sent you a confidential message, and ${more === 1 ? 'another one has' : `${more} others have`} arrived. Sign in to read them, ${SIGN_IN_WITH.en}.`,
    button: 'Read the messages',
  },
};
const WORDS = { nl, en };

export function messageNoticeMail(facts: MessageNoticeFacts): MailContent {
  return facts.more ? aboutSeveral(facts) : aboutOne(facts);
}

function aboutOne({ locale, sender, url }: MessageNoticeFacts): MailContent {
  const words = WORDS[locale].one;
  return {
    locale,
    subject: words.subject,
    preheader: words.preheader,
    title: words.title,
    paragraphs: [words.waiting(sender)],
    button: { label: words.button, url },
  };
}

function aboutSeveral({ locale, sender, more, url }: MessageNoticeFacts): MailContent {
  const words = WORDS[locale].several;
  const count = more + 1;
  return {
    locale,
    subject: words.subject(count),
    preheader: words.preheader,
    title: words.title(count),
    paragraphs: [words.waiting(sender, more)],
    button: { label: words.button, url },
  };
}
