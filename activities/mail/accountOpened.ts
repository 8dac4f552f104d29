/** To a participant who closed the last page before the account was open. */
import type { Locale } from '../../domain/locale.ts';
import type { MailContent } from './layout.ts';
import { SIGN_IN_WITH } from './words.ts';

const nl = {
  head: {
    subject: 'uw toegang is klaar',
    preheader: 'U kunt het bericht nu lezen.',
    title: 'Uw toegang is klaar',
  },
  canRead: 'U kunt het vertrouwelijke bericht nu lezen.',
  fromNowOn: `U hoeft dit maar één keer in te stellen. Vanaf nu logt u in ${SIGN_IN_WITH.nl}.`,
  button: 'Bericht lezen',
};
const en: typeof nl = {
  head: {
    subject: 'your account is ready',
    preheader: 'You can read the message now.',
    title: 'Your account is ready',
  },
  canRead: 'You can now read the confidential message.',
  fromNowOn: `You only have to set up once. From now on, sign in ${SIGN_IN_WITH.en}.`,
  button: 'Read the message',
};
export const WORDS = { nl, en };

export function accountOpenedMail({ locale, url }: { locale: Locale; url: string }): MailContent {
  const words = WORDS[locale];
  return {
    locale,
    ...words.head,
    paragraphs: [words.canRead, words.fromNowOn],
    button: { label: words.button, url },
  };
}
