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
  password: [WAITING, 'choose an own password'],
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
    "an operator stopped it. It starts again with a new message, the sender's next invitation, or `npm run instap -- invite`",
  ],
};

const INTERNAL_ERROR =
  'An activity fails again and again: a fault in the database or in the code. *History* and the log of the worker say why. Fix it. It is tried every few minutes, and at once with the signal `retryNow`.';

export const PROBLEM_WORDS: Record<Problem, string> = {
  'internal-error': INTERNAL_ERROR,
  'mail-undeliverable':
    'The mail server refuses the address, or the mail came back. Ask the sender for the right address: a correction through the API goes on by itself. If the address is right, send the signal `sendInvitation`.',
  'mail-delayed':
    'The mail server does not take the mail yet; it is tried again for days. *Pending activities* says why. Mend the mail server, then send the signal `sendInvitation` to try at once.',
  'too-many-codes':
    'A limit on SMS was reached. The page offers the app. To let the person have codes again, send the signal `allowMoreCodes`.',
  'sms-undeliverable':
    'The last SMS could not be sent, or did not arrive. The page offers the person another number, another try, or the app. Nothing to do, unless there are many: look at the SMS provider.',
  'reminders-exhausted':
    'All reminders were sent. Call the person through the sender, or send the signal `sendInvitation`: the reminders begin anew with it.',
  'help-asked':
    'The person pressed "I can\'t do this". Contact the person through the sender. If a phone that was set up is lost, send the signal `askFactorReset`. Else send `acknowledge` once it is being seen to.',
  'not-me':
    'Somebody said "this is not me". Ask the sender whether the address is right, and send the signal `acknowledge`. If it was pressed by mistake, send the signal `sendInvitation`.',
};

/** The same for the notice of a message, to somebody with an account. */
export const NOTICE_PROBLEM_WORDS = {
  'mail-undeliverable':
    'The mail that says so did not get through. The message can be read after signing in, and its sender sees "undeliverable" and reaches the person in another way. If there are many, look at the mail server.',
  'mail-delayed':
    'The mail server does not take the mail that says so yet; it is tried again for days. *Pending activities* says why.',
} satisfies Partial<Record<Problem, string>>;

/** And for an account whose sign-in or password reset is closed: its details say which. */
export const CLOSED_SIGN_IN_PROBLEM_WORDS = {
  'sign-in-closed':
    'Too many wrong codes were entered in a row by somebody who knew the password or had the mail. If the person cannot get in, and the sender has made sure who asks, send the signal `reopenSignIn`.',
};

const DONE_WORDS: Record<Step, string> = {
  terms: 'Terms accepted',
  password: 'Own password chosen',
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
  problem === 'mail-undeliverable' ? 'a reminder is tried at the same address at' : 'a reminder at';

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
