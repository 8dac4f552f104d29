/** What an operator reads in the Temporal UI about an onboarding: its state, what comes next, and what can be done. */

import type { Action } from '../domain/dueActions.ts';
import type { FactName, Facts, FactTimes } from '../domain/facts.ts';
import type { HelpReason, Problem } from '../domain/problems.ts';
import { STEPS, type Step } from '../domain/steps.ts';
import { onboardingWorkflowId, type Status } from './signals.ts';

const WAITING = 'Waiting for the person to';
const ENDED = 'Ended';

/** A title, and the sentence it introduces. */
const STEP_WORDS: Record<Status['step'], [title: string, words: string]> = {
  terms: [WAITING, 'accept the terms of use'],
  password: [WAITING, 'choose a password'],
  sms: [WAITING, 'verify a mobile number, or skip it for the app'],
  app: [WAITING, 'register an authenticator app, or skip it when a number is verified'],
  profile: [WAITING, 'save the profile'],
  activate: ['Every step is done', 'the account is being opened'],
  done: [ENDED, 'the account is open'],
  expired: [
    ENDED,
    "the invitation expired. It starts again with a new message, the sender's next invitation, `npm run instap -- invite`, or the button behind the old link",
  ],
  cancelled: [
    ENDED,
    "an operator cancelled it. It starts again with a new message, the sender's next invitation, or `npm run instap -- invite`",
  ],
};

const INTERNAL_ERROR =
  'An activity keeps failing: something is wrong with the database or the code. *History* and the log of the worker say why. Once it is fixed, send the signal `retryNow`, or wait: it is retried every few minutes.';

export const PROBLEM_WORDS: Record<Problem, string> = {
  'internal-error': INTERNAL_ERROR,
  'mail-undeliverable':
    'The mail server refuses the address, or the mail bounced. Ask the sender for the right address: once it is corrected through the API, nothing else is needed. If the address is right, send the signal `sendInvitation`.',
  'mail-delayed':
    'The mail server does not accept the mail yet; it is retried for days. *Pending activities* says why. Fix the mail server, then send the signal `sendInvitation` to try at once.',
  'too-many-codes':
    'A limit on SMS was reached. The page offers the app. To allow the person more codes, send the signal `allowMoreCodes`.',
  'sms-undeliverable':
    'The last SMS could not be sent, or did not arrive. The page offers the person another number, another attempt, or the app. Nothing to do, unless there are many: then check the SMS provider.',
  'reminders-exhausted':
    'All reminders were sent. Ask the sender to call the person, or send the signal `sendInvitation`, which restarts the reminders.',
  'help-asked':
    'The person pressed "I can\'t do this". Contact the person through the sender. If a phone that was set up is lost, send the signal `askFactorReset`. Otherwise send `acknowledge` once somebody is dealing with it.',
  'not-me':
    'Somebody said "this is not me". Ask the sender whether the address is right, and send the signal `acknowledge`. If it was pressed by mistake, send the signal `sendInvitation`.',
};

/** The same for the notice of a message, to somebody with an account. */
export const NOTICE_PROBLEM_WORDS = {
  'mail-undeliverable':
    'The mail about a new message did not get through. The person can still sign in and read it. The sender sees "undeliverable" and can contact the person in another way. If there are many, check the mail server.',
  'mail-delayed':
    'The mail server does not accept the mail about a new message yet; it is retried for days. *Pending activities* says why.',
} satisfies Partial<Record<Problem, string>>;

/** And for an account whose sign-in or password reset is closed: its details say which. */
export const CLOSED_SIGN_IN_PROBLEM_WORDS = {
  'sign-in-closed':
    'Somebody who knew the password or had the mail entered too many wrong codes in a row. If the person cannot get in, and the sender has verified who is asking, send the signal `reopenSignIn`.',
};

const DONE_WORDS: Record<Step, string> = {
  terms: 'Terms accepted',
  password: 'Password chosen',
  sms: 'Mobile number',
  app: 'Authenticator app',
  profile: 'Profile saved',
};

/** The facts that complete a step, each with its wording. */
const OUTCOMES: Record<Step, [FactName, string][]> = {
  terms: [['termsAccepted', 'yes']],
  password: [['passwordChanged', 'yes']],
  sms: [
    ['smsVerified', 'verified'],
    ['smsSkipped', 'skipped'],
  ],
  app: [
    ['appVerified', 'verified'],
    ['appSkipped', 'skipped'],
  ],
  profile: [['profileSaved', 'yes']],
};

export const minute = (iso: string) => `${iso.slice(0, 16).replace('T', ' ')} UTC`;

function doneRow(step: Step, facts: Facts, times: FactTimes): string {
  const [fact, word] = OUTCOMES[step].find(([name]) => facts[name]) ?? [];
  const at = fact && times[fact];
  return `| ${DONE_WORDS[step]} | ${word ?? 'no'} | ${at === undefined ? '' : minute(new Date(at).toISOString())} |`;
}

export type Shown = {
  onboardingId: string;
  clientId: string;
  helpReason: HelpReason | null;
  expiresAt: string;
  factTimes: FactTimes;
  operatorNote: string;
  /** The failing activity, with the problem `internal-error`. */
  failing?: string;
};

/** The UI's text area is slightly too small and may cut off the last line, so that is this one. */
const EMPTY_LINE = '\u00a0';

const failingLine = (activity: string): string => `**Failing:** the activity \`${activity}\``;

/** For a run that has nothing else to show. */
export const faultWords = (activity: string): string =>
  [`**Problem:** internal-error. ${INTERNAL_ERROR}`, failingLine(activity), EMPTY_LINE].join('\n\n');

/** Markdown for the current details of a run. No personal data: only the fields of `status`, times and ids. */
export function details(status: Status, shown: Shown): string {
  const { onboardingId, clientId, expiresAt, factTimes, operatorNote, failing } = shown;
  const { step, problem, since, nextReminderAt, invitationsSent, remindersSent } = status;
  const [title, words] = STEP_WORDS[step];
  const next = [
    nextReminderAt ? `${reminderWords(problem)} ${minute(nextReminderAt)}` : 'no more reminders',
    `the invitation expires at ${minute(expiresAt)}`,
  ];
  return [
    `**${title}:** ${words}`,
    `**Since:** ${minute(since)}. **Sent:** ${invitationsSent} invitation(s), ${remindersSent} reminder(s)`,
    ...(problem ? [problemLine(problem, title === ENDED, shown)] : []),
    ...(failing ? [failingLine(failing)] : []),
    ...(operatorNote ? [`**Operator:** ${operatorNote}`] : []),
    ...(title === WAITING ? [`**Next, if nothing happens:** ${next.join(', then ')}`] : []),
    `**Sender:** client ${clientId}. **Names, address and messages:** \`npm run instap -- find ${onboardingWorkflowId(onboardingId)}\``,
    [
      '| step | done | when |',
      '|---|---|---|',
      ...STEPS.map((one) => doneRow(one, status.facts, factTimes)),
    ].join('\n'),
    EMPTY_LINE,
  ].join('\n\n');
}

/** If the address refuses mail, a try is all that can be promised. */
const reminderWords = (problem: Problem | null): string =>
  problem === 'mail-undeliverable' ? 'an attempt to remind the same address at' : 'a reminder at';

/** Most of the text is about signals, which an ended run cannot receive. */
function problemLine(problem: Problem, hasEnded: boolean, { helpReason }: Shown): string {
  const chosen = problem === 'help-asked' && helpReason ? `The person chose: ${helpReason}. ` : '';
  return `**Problem:** ${problem}. ${chosen}${hasEnded ? '' : PROBLEM_WORDS[problem]}`;
}

/** Shown beside the timer in the history: what happens unless something else comes first. */
export function waitWords(next: Action): string {
  if (next.kind === 'sendReminder') return `reminder ${next.reminder}, unless there is progress`;
  if (next.kind === 'sendInvitation') return 'at most one invitation in this time';
  return next.kind === 'expire' ? 'the invitation expires' : 'tried again';
}
