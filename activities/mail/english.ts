/** What each mail says in plain English; the same as in Dutch. */
import type { dutch } from './dutch.ts';
import { type InvitationFacts, rows } from './letterFacts.ts';

const NEVER =
  'Do not give your password or codes to anyone. We never ask for them, not by e-mail and not by phone.';

/** What the invitation and the reminders say of the temporary password, while it is still needed. */
function aboutPassword({
  temporaryPassword,
  organisation,
  passedOnBy = organisation,
}: InvitationFacts): string[] {
  if (temporaryPassword === undefined) return [];
  return temporaryPassword
    ? ['Below is a temporary password. You need it once. After that you choose your own.']
    : [`${passedOnBy} gives you the temporary password in another way. If you do not have it, ask them.`];
}

/** The link, with what is needed behind it, and what to do when the mail was not expected. */
const withLink = ({ organisation, email, url, temporaryPassword, until }: InvitationFacts) => ({
  rows: rows(['User name', email], ['Temporary password', temporaryPassword], ['Can be used until', until]),
  button: { label: 'Sign up', url },
  after: [
    `Were you not expecting this message? Then do not use the link, and ask ${organisation} if it is genuine. ${NEVER}`,
  ],
});

export const english: typeof dutch = {
  invitation(facts) {
    return {
      ...withLink(facts),
      subject: `${facts.organisation}: a confidential message is waiting for you`,
      preheader: 'You set up your access once. It takes a few minutes.',
      title: 'A confidential message is waiting for you',
      paragraphs: [
        `${facts.sender} sent you a confidential message. To read it, you set up your access once. It takes a few minutes.`,
        'Have your mobile phone at hand.',
        ...(facts.temporaryPassword === undefined
          ? ['You have begun already. The link takes you to where you were.']
          : []),
        ...aboutPassword(facts),
      ],
    };
  },
  reminder(facts) {
    const next = {
      terms: 'You still have to agree to the terms of use.',
      password: 'You still have to choose your own password.',
      sms: 'You still have to choose how you get a code: by SMS or with an app.',
      app: 'You still have to set up an authenticator app, or skip that step.',
      profile: 'You only have to fill in your details.',
    }[facts.step];
    return {
      ...withLink(facts),
      subject: `${facts.organisation}: your confidential message is still waiting`,
      preheader: next,
      title: 'Your confidential message is still waiting',
      paragraphs: [
        `${facts.sender} sent you a confidential message. You have not been able to read it yet. ${next}`,
        'The link takes you to where you were. What you have already done is saved.',
        ...aboutPassword(facts),
        ...(facts.last
          ? [
              'This is the last reminder. The link works until the date below. After that you can use it to have a new invitation sent.',
            ]
          : []),
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
        'Setting up is needed only once. From now on you sign in with your e-mail address, your own password and a code from your phone.',
      ],
      button: { label: 'Read the message', url },
    };
  },
  resetPassword({ organisation, url, passedOnBy }) {
    return {
      subject: `${organisation}: you asked for a new password`,
      preheader: 'Choose it with the link in this e-mail.',
      title: 'You asked for a new password',
      paragraphs: [
        'You let us know that you no longer know your password. The link lets you choose a new one. It works for one day.',
        ...(passedOnBy
          ? [
              `You also need the temporary password from ${passedOnBy}. It is not in this e-mail. Do you no longer have it? Ask ${passedOnBy} for a new one.`,
            ]
          : []),
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
        'You let us know that you can no longer get a code, for example because you have another phone. With the link and your own password you set this up again. The link works for one day.',
      ],
      button: { label: 'Set up again', url },
      after: [`Did you not ask for this? Then do not use the link, and tell ${organisation}. ${NEVER}`],
    };
  },
  wrongFactors({ organisation, of, tries, device, when, url }) {
    const on = device === 'phone' ? 'on a phone or tablet' : 'on a computer';
    const happened = {
      'session-ended': `On ${when}, ${on}, somebody knew your password or had the link for a new one, and then entered a wrong code ${tries} times in a row. We stopped that.`,
      'sign-in-closed': `On ${when}, ${on}, wrong codes were entered too often in a row after your password. So nobody can sign in now, and neither can you.`,
      'reset-closed': `On ${when}, ${on}, wrong codes were entered too often in a row while a new password was being chosen. So that is closed now. You can still sign in, unless that is closed, too.`,
    }[of];
    const todo = {
      'session-ended':
        'Was it you? Then there is nothing to do, and you can sign in again. Was it not you? Then choose a new password now.',
      'sign-in-closed':
        'You open it again by choosing a new password. You get an e-mail for that, and also enter a code.',
      'reset-closed': `Was it not you? Then ask ${organisation} for help: somebody else may be able to read your e-mail.`,
    }[of];
    return {
      subject: `${organisation}: wrong codes were entered`,
      preheader:
        of === 'session-ended' ? 'Was it not you? Choose a new password.' : 'Read what you can do now.',
      title: of === 'session-ended' ? 'Wrong codes were entered' : 'Something was closed to keep you safe',
      paragraphs: [happened, todo],
      button: { label: 'Ask for a new password', url },
      after: [NEVER],
    };
  },
  messageNotice({ organisation, sender, more, url }) {
    const how = 'with your e-mail address, your own password and a code from your phone';
    if (more)
      return {
        subject: `${organisation}: ${more + 1} confidential messages are waiting for you`,
        preheader: 'Sign in to read them.',
        title: `${more + 1} confidential messages are waiting for you`,
        paragraphs: [
          `${sender} sent you a confidential message, and ${more === 1 ? 'another one has' : `${more} others have`} come in. Sign in to read them, ${how}.`,
        ],
        button: { label: 'Read the messages', url },
      };
    return {
      subject: `${organisation}: a confidential message is waiting for you`,
      preheader: 'Sign in to read it.',
      title: 'A confidential message is waiting for you',
      paragraphs: [`${sender} sent you a confidential message. Sign in to read it, ${how}.`],
      button: { label: 'Read the message', url },
    };
  },
};
