/**
 * The signals that the product sends to a running onboarding, each with the summary an operator sees. Each carries a
 * snapshot of the onboarding. They are signals, not updates, because a page never waits for Temporal: the fact is
 * already in the database.
 */
export const SIGNALS = {
  messageSent: 'A message arrived for this person',
  invitationRequested: 'The person or the sender requested the invitation again',
  addressCorrected: 'The sender corrected the address: everything done so far is void',
  senderLeft: 'A sender ended its relation with this person; mails now come from another sender',
  mailReceipt: 'The mail provider reported on a mail, or the mail server does not accept mail for now',
  reconciled: 'Temporal and the database differed: this is what the database says',
  termsAccepted: 'The person accepted the terms',
  passwordChanged: 'The person chose their own password',
  smsRequested: 'The person requested a code by SMS',
  smsReceipt: 'The provider reported on the SMS',
  codesRefused: 'A limit on SMS kept the person from getting a code',
  smsVerified: 'The person verified a mobile number',
  smsSkipped: 'The person skipped SMS',
  appVerified: 'The person registered an authenticator app',
  appSkipped: 'The person skipped the authenticator app',
  factorsReset: 'The person sets up the second factor again',
  profileSaved: 'The person saved the profile',
  helpAsked: 'The person pressed "I can\'t do this"',
  notMe: 'Somebody said "this is not me"',
} as const;

export type SignalName = keyof typeof SIGNALS;

/** These request an invitation. */
export const ASKS_FOR_INVITATION: readonly SignalName[] = [
  'messageSent',
  'invitationRequested',
  'addressCorrected',
];

/** These report other changes; every other signal is progress by the person. */
const NO_PROGRESS: readonly SignalName[] = [
  ...ASKS_FOR_INVITATION,
  'senderLeft',
  'codesRefused',
  'mailReceipt',
  'smsReceipt',
  'reconciled',
];

export const isProgress = (signal: SignalName): boolean => !NO_PROGRESS.includes(signal);
