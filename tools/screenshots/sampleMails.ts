/** Every mail that can be sent, with invented facts: for screenshots, and for tests of what all mails must satisfy. */

import { accountOpenedMail } from '../../activities/mail/accountOpened.ts';
import { factorNoticeMail } from '../../activities/mail/factorNotice.ts';
import { factorResetMail } from '../../activities/mail/factorReset.ts';
import { invitationMail } from '../../activities/mail/invitation.ts';
import type { InvitationFacts } from '../../activities/mail/invitationLink.ts';
import { type MailContent, renderMail } from '../../activities/mail/layout.ts';
import { messageNoticeMail } from '../../activities/mail/messageNotice.ts';
import { passwordResetMail } from '../../activities/mail/passwordReset.ts';
import { reminderMail } from '../../activities/mail/reminder.ts';
import type { MailKind } from '../../db/sendTries.ts';
import type { Locale } from '../../domain/locale.ts';
import { STEPS } from '../../domain/steps.ts';

const ORGANISATION = 'Gemeente Voorbeeld';
const SERVICE = 'https://instap.example';
const TOKEN = 'rVq0dJx8m3cLw5nTfYb2KsHg7PzA1uEo9iXk4RtM6vQ';
const MESSAGE = '019abc12-7c4e-7a51-9d3c-2f60b1a4e873';

/** The service they come from. */
export const SAMPLE_FRAME = {
  organisation: ORGANISATION,
  helpContact: '',
  publicUrl: new URL(SERVICE),
};

/** The subject, text and HTML of one. */
export const sampleParts = (content: MailContent) => renderMail(content, SAMPLE_FRAME);

/** What an invitation says. */
export const sampleFacts = (locale: Locale): InvitationFacts => ({
  locale,
  organisation: ORGANISATION,
  sender: `Team Vergunningen (${ORGANISATION})`,
  email: 'anna@example.com',
  url: `${SERVICE}/i/${TOKEN}`,
  temporaryPassword: 'acdef-gh346-kmnp',
  until:
    locale === 'nl' ? '6 december 2026 om 11:15 (Nederlandse tijd)' : '6 December 2026 at 11:15 (Dutch time)',
});

export type SampleMail = { name: string; caption: string; content: MailContent };

const sample = (name: string, caption: string, content: MailContent): SampleMail => ({
  name,
  caption,
  content,
});

/** In one language, in the order in which a person can receive them. */
export function sampleMails(locale: Locale): SampleMail[] {
  const facts = sampleFacts(locale);
  const { organisation, sender } = facts;
  const reset = { locale, organisation, url: `${SERVICE}/reset/${TOKEN}` };
  // By kind, so that the compiler reports a missing one.
  const all: Record<MailKind, SampleMail[]> = {
    invitation: sampleInvitations(facts),
    reminder: sampleReminders(facts),
    'account-opened': [
      sample(
        'account-opened',
        'The account is open',
        accountOpenedMail({ locale, url: `${SERVICE}/sign-in` }),
      ),
    ],
    'message-notice': [
      sample(
        'message-notice',
        'A message to somebody whose account is open',
        messageNoticeMail({ locale, sender, more: 0, url: `${SERVICE}/messages/${MESSAGE}` }),
      ),
      sample(
        'message-notices',
        'Several messages to somebody whose account is open',
        messageNoticeMail({ locale, sender, more: 2, url: `${SERVICE}/messages` }),
      ),
    ],
    'password-reset': [sample('reset-password', 'The password is forgotten', passwordResetMail(reset))],
    'factor-notice': sampleFactorNotices(facts),
    'factor-reset': [sample('reset-factor', 'The phone is lost', factorResetMail(reset))],
  };
  return Object.values(all).flat();
}

function sampleInvitations(facts: InvitationFacts): SampleMail[] {
  const invitation = (temporaryPassword: string | null | undefined) =>
    invitationMail({ ...facts, temporaryPassword });
  return [
    sample('invitation', 'The invitation', invitation(facts.temporaryPassword)),
    sample('invitation-sender', 'The invitation, when the sender passes on the password', invitation(null)),
    sample('invitation-going-on', 'The invitation, once a password is chosen', invitation(undefined)),
  ];
}

const sampleReminders = (facts: InvitationFacts): SampleMail[] =>
  STEPS.map((step) =>
    sample(
      `reminder-${step}`,
      `${step === 'profile' ? 'The last reminder' : 'A reminder'} to somebody who stopped at ${step}`,
      reminderMail({
        ...facts,
        temporaryPassword: ['terms', 'password'].includes(step) ? facts.temporaryPassword : undefined,
        step,
        isLast: step === 'profile',
      }),
    ),
  );

const sampleFactorNotices = ({ locale, organisation, until: when }: InvitationFacts): SampleMail[] =>
  (['session-ended', 'sign-in-closed', 'reset-closed'] as const).map((of) =>
    sample(
      `wrong-codes-${of}`,
      'Wrong codes were entered',
      factorNoticeMail({
        locale,
        organisation,
        of,
        tries: 20,
        device: 'computer',
        when,
        url: `${SERVICE}/forgot-password`,
      }),
    ),
  );
