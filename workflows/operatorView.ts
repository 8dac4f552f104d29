/** What an operator reads in the Temporal UI about one onboarding: where it stands, what comes next, what can be done. */
import type { Problem, Status } from './messages.ts';
import { STEPS, type Step } from './steps.ts';

const STEP_WORDS: Record<Status['step'], string> = {
  terms: 'accept the terms of use',
  password: 'choose an own password',
  sms: 'verify a mobile number, or skip it for the app',
  app: 'register an authenticator app, or skip it when a number is verified',
  profile: 'save the profile',
  activate: 'nothing: the account is being opened',
  done: 'nothing: the account is open',
  expired: 'nothing: the invitation expired',
  cancelled: 'nothing: an operator cancelled it',
};

const PROBLEM_WORDS: Record<Problem, string> = {
  'mail-undeliverable':
    'The mail server refuses the address. Ask the sender for the right address, then send the signal `sendInvitation`.',
  'sms-undeliverable':
    'The last SMS could not be sent. The page offers the person another number, another try, or the app.',
  'reminders-exhausted': 'All reminders were sent. Call the person, or send the signal `sendInvitation`.',
  'help-asked': 'The person pressed "I can\'t do this". Contact the person through the sender.',
  'not-me': 'Somebody said "this is not me". Ask the sender whether the address is right.',
};

const DONE_WORDS: Record<Step, string> = {
  terms: 'Terms accepted',
  password: 'Own password chosen',
  sms: 'Mobile number',
  app: 'Authenticator app',
  profile: 'Profile saved',
};

function doneOrNot(step: Step, { facts }: Status): string {
  switch (step) {
    case 'terms':
      return facts.termsAccepted ? 'yes' : 'no';
    case 'password':
      return facts.passwordChanged ? 'yes' : 'no';
    case 'sms':
      return facts.smsVerified ? 'verified' : facts.smsSkipped ? 'skipped' : 'no';
    case 'app':
      return facts.appVerified ? 'verified' : facts.appSkipped ? 'skipped' : 'no';
    case 'profile':
      return facts.profileSaved ? 'yes' : 'no';
  }
}

const minute = (iso: string) => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

/** Markdown for the current details of a run. Holds no personal data: only what `status` holds. */
export function details(
  status: Status,
  { expiresAt, operatorNote }: { expiresAt: string; operatorNote: string },
): string {
  const next = ['done', 'expired', 'cancelled'].includes(status.step)
    ? []
    : [
        status.nextReminderAt ? `a reminder at ${minute(status.nextReminderAt)}` : 'no more reminders',
        `the invitation expires at ${minute(expiresAt)}`,
      ];
  return [
    `**Waiting for the person to:** ${STEP_WORDS[status.step]}`,
    `**Since:** ${minute(status.since)}`,
    ...(status.problem ? [`**Problem:** ${status.problem}. ${PROBLEM_WORDS[status.problem]}`] : []),
    ...(operatorNote ? [`**Operator:** ${operatorNote}`] : []),
    ...(next.length ? [`**Next, if nothing happens:** ${next.join(', then ')}`] : []),
    `**Sent:** ${status.invitationsSent} invitation(s), ${status.remindersSent} reminder(s)`,
    [
      '| step | done |',
      '|---|---|',
      ...STEPS.map((step) => `| ${DONE_WORDS[step]} | ${doneOrNot(step, status)} |`),
    ].join('\n'),
  ].join('\n\n');
}
