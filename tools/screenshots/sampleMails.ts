/** Every mail that can leave, with made-up facts: for the pictures, and for the tests of what all mails promise. */

import { type Letter, layOut } from '../../activities/mail/layout.ts';
import { type InvitationFacts, LETTERS, type Letters } from '../../activities/mail/letters.ts';
import type { Locale } from '../../domain/locale.ts';

const ORGANISATION = 'Gemeente Voorbeeld';
const SERVICE = 'https://instap.example';
const TOKEN = 'rVq0dJx8m3cLw5nTfYb2KsHg7PzA1uEo9iXk4RtM6vQ';
const MESSAGE = '019abc12-7c4e-7a51-9d3c-2f60b1a4e873';
const STEPS = ['terms', 'password', 'sms', 'app', 'profile'] as const;

/** The service that they are from. */
export const SAMPLE_FRAME = {
  organisation: ORGANISATION,
  helpContact: '',
  publicUrl: new URL(SERVICE),
};

/** The text and the HTML of one. */
export const sampleParts = (locale: Locale, letter: Letter) => layOut(letter, { ...SAMPLE_FRAME, locale });

/** What an invitation says. */
export const sampleFacts = (locale: Locale): InvitationFacts => ({
  organisation: ORGANISATION,
  sender: `Team Vergunningen (${ORGANISATION})`,
  email: 'anna@example.com',
  url: `${SERVICE}/i/${TOKEN}`,
  temporaryPassword: 'acdef-gh346-kmnp',
  until:
    locale === 'nl' ? '6 december 2026 om 11:15 (Nederlandse tijd)' : '6 December 2026 at 11:15 (Dutch time)',
});

export type SampleMail = { name: string; caption: string; letter: Letter };

/** In one language, in the order in which a person can get them. */
export function sampleMails(locale: Locale): SampleMail[] {
  const words = LETTERS[locale];
  const facts = sampleFacts(locale);
  const { organisation, sender } = facts;
  const reset = { organisation, url: `${SERVICE}/reset/${TOKEN}` };
  const mail = (name: string, caption: string, letter: Letter) => ({ name, caption, letter });
  const invitation = (temporaryPassword: string | null | undefined) =>
    words.invitation({ ...facts, temporaryPassword });
  // By letter, so that the compiler finds one that is missing.
  const all: Record<keyof Letters, SampleMail[]> = {
    invitation: [
      mail('invitation', 'The invitation', invitation(facts.temporaryPassword)),
      mail('invitation-sender', 'The invitation, when the sender passes on the password', invitation(null)),
      mail('invitation-going-on', 'The invitation, when an own password is chosen', invitation(undefined)),
    ],
    reminder: STEPS.map((step) =>
      mail(
        `reminder-${step}`,
        `${step === 'profile' ? 'The last reminder' : 'A reminder'} to somebody who stopped at ${step}`,
        words.reminder({
          ...facts,
          temporaryPassword: ['terms', 'password'].includes(step) ? facts.temporaryPassword : undefined,
          step,
          last: step === 'profile',
        }),
      ),
    ),
    accountOpened: [
      mail(
        'account-opened',
        'The account is open',
        words.accountOpened({ organisation, url: `${SERVICE}/sign-in` }),
      ),
    ],
    messageNotice: [
      mail(
        'message-notice',
        'A message to somebody whose account is open',
        words.messageNotice({ organisation, sender, more: 0, url: `${SERVICE}/messages/${MESSAGE}` }),
      ),
      mail(
        'message-notices',
        'Several messages to somebody whose account is open',
        words.messageNotice({ organisation, sender, more: 2, url: `${SERVICE}/messages` }),
      ),
    ],
    resetPassword: [mail('reset-password', 'The password is forgotten', words.resetPassword(reset))],
    wrongFactors: (['session-ended', 'sign-in-closed', 'reset-closed'] as const).map((of) =>
      mail(
        `wrong-codes-${of}`,
        'Wrong codes were entered',
        words.wrongFactors({
          organisation,
          of,
          tries: 20,
          device: 'computer',
          when: facts.until,
          url: `${SERVICE}/forgot-password`,
        }),
      ),
    ),
    resetFactor: [mail('reset-factor', 'The phone is lost', words.resetFactor(reset))],
  };
  return Object.values(all).flat();
}
