/**
 * Every table as of the newest migration; db/tables.test.ts compares this with a migrated database. Columns have the
 * names that connect.ts gives them. For "sealed" and "derived" see secrets.ts.
 */

import type { HelpReason } from '../domain/problems.ts';
import type { Raw } from './raw.ts';
import type { SmsFailure } from './smsFailures.ts';

/** A bigint: the driver returns it as text, because a number cannot hold every value. */
type Int8 = string;
/** A json or jsonb column: read as a value, written as text. */
type Json<Value> = Value;

type Written<Value> = Value extends Date | string | number | boolean | null ? Value | Raw : string;
type NullableColumn<Row> = { [Column in keyof Row]: null extends Row[Column] ? Column : never }[keyof Row];
type Required<Row, Optional> = { [Column in Exclude<keyof Row, Optional>]: Written<Row[Column]> };
type Optional<Row, Optional> = { [Column in Extract<keyof Row, Optional>]?: Written<Row[Column]> };

/** `Defaulted`: columns that an insert may leave out. `Generated`: columns that only the database writes. */
type Table<Row, Defaulted extends keyof Row = never, Generated extends keyof Row = never> = {
  row: Row;
  insert: Required<Row, Defaulted | Generated | NullableColumn<Row>> &
    Optional<Row, Exclude<Defaulted | NullableColumn<Row>, Generated>>;
  update: Optional<Row, Exclude<keyof Row, Generated>>;
};

export type Tables = {
  api_key: Table<ApiKeyRow, 'createdAt'>;
  app_factor: Table<AppFactorRow, 'createdAt' | 'lastStep'>;
  attempt: Table<AttemptRow, 'points'>;
  audit: Table<AuditRow, 'at' | 'details'>;
  audit_network_key: Table<AuditNetworkKeyRow>;
  client: Table<ClientRow, 'createdAt'>;
  event: Table<EventRow, 'at' | 'data'>;
  idempotency_key: Table<IdempotencyKeyRow, 'createdAt'>;
  invitation: Table<InvitationRow, 'createdAt' | 'kind'>;
  key_check: Table<KeyCheckRow>;
  message: Table<MessageRow, 'createdAt'>;
  onboarding: Table<OnboardingRow, OnboardingDefault, 'shouldRun'>;
  outbox: Table<OutboxTableRow, 'id' | 'createdAt' | 'tries' | 'nextTryAt'>;
  passing_on: Table<PassingOnRow, 'askedAt'>;
  password_request: Table<PasswordRequestRow, 'createdAt'>;
  person: Table<PersonRow, 'createdAt'>;
  profile: Table<ProfileRow, 'savedAt'>;
  reset_link: Table<ResetLinkRow, 'createdAt'>;
  security_notice: Table<SecurityNoticeRow, 'at'>;
  send_try: Table<SendTryRow, 'begunAt'>;
  session: Table<SessionRow, 'createdAt' | 'seenAt' | 'challenge' | 'wrongFactors'>;
  sms_code: Table<SmsCodeRow, 'requestedAt' | 'tries' | 'toOwnNumber'>;
  sms_factor: Table<SmsFactorRow, 'verifiedAt'>;
  temporary_password: Table<TemporaryPasswordRow, 'createdAt'>;
  terms_acceptance: Table<TermsAcceptanceRow, 'acceptedAt'>;
  wrong_factor: Table<WrongFactorRow, 'signIn' | 'reset'>;
};

export type TableName = keyof Tables;

export type ApiKeyRow = {
  id: string;
  clientId: string;
  hash: string;
  createdAt: Date;
  expiresAt: Date;
};

export type AppFactorRow = {
  personId: string;
  /** Sealed. */
  secret: string;
  createdAt: Date;
  verifiedAt: Date | null;
  /** The last time step whose token was accepted; '0' when there is none. */
  lastStep: Int8;
};

export type AttemptRow = {
  key: string;
  points: number;
  /** Milliseconds since 1970. */
  expire: Int8 | null;
};

/** Opaque ids only, because entries outlive the person. */
export type AuditRow = {
  id: string;
  at: Date;
  personId: string | null;
  clientId: string | null;
  event: string;
  details: Json<Record<string, string | number | boolean>>;
  /** A hash under the month's key; null for erased persons. */
  network: string | null;
};

/** Only functions of the database read and write it (migration 0031). */
export type AuditNetworkKeyRow = {
  month: string;
  key: string;
};

export type ClientRow = {
  id: string;
  name: string;
  createdAt: Date;
};

/** An event that a sender receives. */
export type EventRow = {
  id: string;
  at: Date;
  clientId: string;
  personId: string;
  type: string;
  data: Json<Record<string, string>>;
};

export type IdempotencyKeyRow = {
  clientId: string;
  key: string;
  requestMac: string;
  answer: Json<object>;
  temporaryPasswordId: string | null;
  createdAt: Date;
  /** Null when the call requested an invitation. */
  messageId: string | null;
  personId: string;
};

/** One row per mail with a link. The token is derived. */
export type InvitationRow = {
  id: string;
  onboardingId: string;
  clientId: string;
  /** The same for every try of one mail. */
  sendKey: string;
  keyId: string;
  createdAt: Date;
  sentAt: Date | null;
  kind: 'invitation' | 'reminder' | 'account-opened';
  /** The expiry, step and message that the mail's text states; null until the first try. */
  saysUntil: Date | null;
  saysStep: string | null;
  saysMessage: string | null;
};

export type KeyCheckRow = {
  keyId: string;
  proof: string;
};

export type MessageRow = {
  id: string;
  clientId: string;
  personId: string;
  sealed: string;
  createdAt: Date;
  releasedAt: Date | null;
  notifiedAt: Date | null;
  readAt: Date | null;
  /** The mail that announces it was refused or bounced. */
  undeliverableAt: Date | null;
  /** When its mail is due; null when it has no mail of its own, or needs none any more. */
  noticeDueAt: Date | null;
  /** The message whose mail announces this one as well. */
  toldWith: string | null;
};

type OnboardingDefault =
  | 'status'
  | 'version'
  | 'extraDays'
  | 'stepSince'
  | 'remindersCountFrom'
  | 'lastReminder'
  | 'progressedAt'
  | 'requestedAt'
  | 'invitationUrgent'
  | 'openedMailDue'
  | 'invitationsSent'
  | 'remindersSent'
  | 'createdAt';

export type OnboardingRow = {
  id: string;
  personId: string;
  clientId: string;
  /** Changed only by activities of the workflow. */
  status: 'open' | 'completed' | 'expired' | 'cancelled';
  version: number;
  /** Sealed; the number that the sender knows. */
  offeredPhone: string | null;
  temporaryPasswordMode: 'mail' | 'sender';
  termsAcceptedAt: Date | null;
  passwordChangedAt: Date | null;
  smsVerifiedAt: Date | null;
  smsSkippedAt: Date | null;
  appVerifiedAt: Date | null;
  appSkippedAt: Date | null;
  profileSavedAt: Date | null;
  helpAskedAt: Date | null;
  helpReason: HelpReason | null;
  notMeAt: Date | null;
  codesRefusedAt: Date | null;
  /** Codes requested before this do not count towards the person's daily limit: an operator allowed more. */
  codesAllowedFrom: Date | null;
  /** Days by which an operator moved the deadline; negative for earlier. */
  extraDays: number;
  /** When the person reached this step, or the end. */
  stepSince: Date;
  /**
   * The start of the current reminder schedule: the last progress, a fresh start, or an invitation after the last
   * reminder.
   */
  remindersCountFrom: Date;
  /** The last reminder sent in this schedule; the first is 1. */
  lastReminder: number;
  progressedAt: Date;
  /** When the sender or the person last requested the invitation. */
  requestedAt: Date;
  /** The version at which an invitation that is still unsent was requested. */
  invitationDue: number | null;
  /** It is sent at once, however recent the last one is. */
  invitationUrgent: boolean;
  invitationSentAt: Date | null;
  /** The operator's order for a link to a new second factor whose mail is still unsent. */
  factorResetDue: string | null;
  /** When an operator last handled the person's call for help. */
  acknowledgedAt: Date | null;
  /** The newest code to verify a number, and its outcome; null while unsent. */
  smsCodeId: string | null;
  smsOutcome: 'sent' | 'failed' | null;
  endedAt: Date | null;
  mailRefusedAt: Date | null;
  mailDelayedAt: Date | null;
  invitationsSent: number;
  remindersSent: number;
  /** The account opened after the person had left, so they get a mail. */
  openedMailDue: boolean;
  /** Whether the workflow should run: the onboarding is open, was requested again after it ended, or has a mail due. */
  shouldRun: boolean;
  createdAt: Date;
};

export type OutboxTableRow = {
  id: Int8;
  workflow:
    | 'onboarding'
    | 'messageNotice'
    | 'signInCode'
    | 'passwordReset'
    | 'securityNotice'
    | 'closedSignIn'
    | 'erasure';
  /**
   * What the workflow is about: an onboarding, message, SMS code, reset link, notice or person; for an erasure, the
   * onboarding.
   */
  subjectId: string;
  /** Only for an onboarding; the others only start a workflow, and an erasure deletes runs. */
  signal: string | null;
  payload: Json<Record<string, unknown>>;
  createdAt: Date;
  tries: number;
  nextTryAt: Date;
};

/** A client that passes temporary passwords on itself. */
export type PassingOnRow = {
  onboardingId: string;
  clientId: string;
  askedAt: Date;
};

/** A request for a new password that no worker has handled yet. */
export type PasswordRequestRow = {
  id: string;
  /** Sealed under a key of the server; all have the same length. */
  address: string;
  createdAt: Date;
};

export type PersonRow = {
  id: string;
  /** Finds the person without storing the address. */
  emailIndex: string;
  /** Sealed under a master key. */
  dataKey: string;
  /** Sealed. */
  email: string;
  locale: 'nl' | 'en';
  passwordHash: string | null;
  createdAt: Date;
};

export type ProfileRow = {
  personId: string;
  sealed: string;
  savedAt: Date;
};

/** One row per mail to choose a new password or to set up the second factor again. The token is derived. */
export type ResetLinkRow = {
  id: string;
  personId: string;
  clientId: string;
  purpose: 'password' | 'factor';
  sendKey: string | null;
  keyId: string;
  createdAt: Date;
  sentAt: Date | null;
  usedAt: Date | null;
};

/** One row a try of a mail or SMS: opaque ids and the server's code, no content, no address, no number. */
/** An SMS to a number that was replaced. */
export type SecurityNoticeRow = {
  id: string;
  personId: string;
  /** Sealed. */
  phone: string;
  /** The device used to replace it. */
  device: 'phone' | 'computer';
  at: Date;
  sentAt: Date | null;
  failedAt: Date | null;
};

export type SendTryRow = {
  id: string;
  personId: string;
  channel: 'mail' | 'sms';
  kind:
    | 'invitation'
    | 'reminder'
    | 'account-opened'
    | 'message-notice'
    | 'password-reset'
    | 'factor-reset'
    | 'factor-notice'
    | 'code'
    | 'number-replaced';
  /** The id in the mail's Message-ID, or of the SMS. */
  subjectId: string;
  begunAt: Date;
  endedAt: Date | null;
  /** Null: under way, or the worker died and another try follows. */
  outcome: 'accepted' | 'refused' | 'failed' | null;
  reason: string | null;
  /** What the provider reported after accepting it. */
  receipt: 'delivered' | 'bounced' | null;
  receiptAt: Date | null;
};

export type SessionRow = {
  id: string;
  tokenHash: string;
  previousHash: string | null;
  previousUntil: Date | null;
  personId: string;
  /** The organisation whose mail was opened. */
  clientId: string | null;
  linkAt: Date | null;
  passwordAt: Date | null;
  factorAt: Date | null;
  createdAt: Date;
  seenAt: Date;
  /** Set when the session started with a link to choose a new password or to set up the second factor again. */
  resetId: string | null;
  /** Groups the SMS codes requested in this session; signing in twice with one form keeps the same challenge. */
  challenge: string;
  /** Wrong codes and tokens in a row. */
  wrongFactors: number;
};

/** The code is derived. */
export type SmsCodeRow = {
  id: string;
  personId: string;
  purpose: 'enrol' | 'sign-in' | 'reset';
  keyId: string;
  /** Sealed. */
  phone: string;
  requestedAt: Date;
  sentAt: Date | null;
  providerId: string | null;
  failedAt: Date | null;
  failure: SmsFailure | null;
  tries: number;
  usedAt: Date | null;
  phoneIndex: string | null;
  deliveredAt: Date | null;
  prefixIndex: string | null;
  country: string | null;
  /** The challenge of the session that requested it. */
  challenge: string;
  /** Sent to the requester's own verified number. */
  toOwnNumber: boolean;
  /** The organisation that invited. */
  clientId: string | null;
};

export type SmsFactorRow = {
  personId: string;
  /** Sealed. */
  phone: string;
  verifiedAt: Date;
};

/** Derived. */
export type TemporaryPasswordRow = {
  id: string;
  onboardingId: string;
  keyId: string;
  createdAt: Date;
  /** The client that passes it on; null when mailed. */
  clientId: string | null;
};

export type TermsAcceptanceRow = {
  id: string;
  personId: string;
  version: string;
  hash: string;
  locale: string;
  acceptedAt: Date;
  /** When a step that only the person can do confirmed it. */
  confirmedAt: Date | null;
};

/** Wrong codes and tokens in a row, counted separately for sign-in and reset, and what was closed because of them. */
export type WrongFactorRow = {
  personId: string;
  signIn: number;
  reset: number;
  signInClosedAt: Date | null;
  resetClosedAt: Date | null;
  /** The newest mail about it. */
  noticeId: string | null;
  noticeOf: 'session-ended' | 'sign-in-closed' | 'reset-closed' | null;
  noticeDevice: 'phone' | 'computer' | null;
  noticeAt: Date | null;
  noticeSentAt: Date | null;
};
