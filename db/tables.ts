/**
 * Every table as it stands after the newest migration; db/tables.test.ts holds this against a migrated database.
 * Columns have the names that connect.ts gives them. "Sealed" and "derived": see secrets.ts.
 */

import type { HelpReason } from '../domain/problems.ts';
import type { Raw } from './raw.ts';
import type { SmsFailure } from './smsFailures.ts';

/** A bigint: the driver gives it as text, because a number cannot hold all of them. */
type Int8 = string;
/** A json or jsonb column: read as a value, written as its text. */
type Json<Value> = Value;

type Written<Value> = Value extends Date | string | number | boolean | null ? Value | Raw : string;
type NullableColumn<Row> = { [Column in keyof Row]: null extends Row[Column] ? Column : never }[keyof Row];
type Required<Row, Optional> = { [Column in Exclude<keyof Row, Optional>]: Written<Row[Column]> };
type Optional<Row, Optional> = { [Column in Extract<keyof Row, Optional>]?: Written<Row[Column]> };

/** `Defaulted`: columns that an insert may leave to the database. `Generated`: columns that only the database writes. */
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
  /** The last time step of which a token was accepted; '0': none. */
  lastStep: Int8;
};

export type AttemptRow = {
  key: string;
  points: number;
  /** Milliseconds since 1970. */
  expire: Int8 | null;
};

/** Opaque ids only, so the trail outlives the person. */
export type AuditRow = {
  id: string;
  at: Date;
  personId: string | null;
  clientId: string | null;
  event: string;
  details: Json<Record<string, string | number | boolean>>;
  /** A hash under the key of its month; of nobody who was erased. */
  network: string | null;
};

/** No process reads or writes it: functions of the database do (migration 0031). */
export type AuditNetworkKeyRow = {
  month: string;
  key: string;
};

export type ClientRow = {
  id: string;
  name: string;
  createdAt: Date;
};

/** What a sender is told. */
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
  /** Null: the call asked for an invitation. */
  messageId: string | null;
  personId: string;
};

/** One row a mail with a link. The token is derived. */
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
  /** Until when its link works, at which step the person was and which message waits, as its text says; null: not tried yet. */
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
  /** The mail that said it is there was refused, or came back. */
  undeliverableAt: Date | null;
  /** From when the mail about it may leave; null: it has none of its own, or no longer needs one. */
  noticeDueAt: Date | null;
  /** The message whose mail tells of this one, too. */
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
  /** Changed by activities of the workflow only. */
  status: 'open' | 'completed' | 'expired' | 'cancelled';
  version: number;
  /** Sealed; a number the sender knows. */
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
  /** Codes asked for before this do not count for the person's limit of a day: an operator said so. */
  codesAllowedFrom: Date | null;
  /** An operator made this one live so many days longer, or shorter. */
  extraDays: number;
  /** At this step, or ended, since. */
  stepSince: Date;
  /** Reminders count from here: the last progress, a new beginning, or an invitation after the last reminder … */
  remindersCountFrom: Date;
  /** … and this was the last one since: 1 for the first. */
  lastReminder: number;
  progressedAt: Date;
  /** When the sender or the person last asked for the invitation. */
  requestedAt: Date;
  /** The version at which the invitation was asked for that has not been sent yet. */
  invitationDue: number | null;
  /** It leaves however young the last one is. */
  invitationUrgent: boolean;
  invitationSentAt: Date | null;
  /** The operator's order of a link for a new second factor whose mail has not been sent yet. */
  factorResetDue: string | null;
  /** What the person called for until then was taken up by an operator. */
  acknowledgedAt: Date | null;
  /** The newest code to verify a number, and what became of it; null: it has not been sent yet. */
  smsCodeId: string | null;
  smsOutcome: 'sent' | 'failed' | null;
  endedAt: Date | null;
  mailRefusedAt: Date | null;
  mailDelayedAt: Date | null;
  invitationsSent: number;
  remindersSent: number;
  /** The account opened after its person had gone: they get a mail. */
  openedMailDue: boolean;
  /** The workflow should run: open, or ended and asked for again since, or a mail is due after the end. */
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
  /** The onboarding, message, SMS code, reset link, notice or person that the workflow is about; of an erasure the onboarding. */
  subjectId: string;
  /** Only of an onboarding; the others are just started, and an erasure ends and deletes. */
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

/** A request for a new password that no worker has looked at yet. */
export type PasswordRequestRow = {
  id: string;
  /** Sealed under a key of the server, all of the same length. */
  address: string;
  createdAt: Date;
};

export type PersonRow = {
  id: string;
  /** Finds the person without holding the address. */
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

/** One row a mail that lets somebody choose a new password, or set up the second factor again. The token is derived. */
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
  /** On which it was replaced. */
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
  /** The mail, whose Message-ID has it, or the SMS. */
  subjectId: string;
  begunAt: Date;
  endedAt: Date | null;
  /** Null: under way, or the worker died in the middle; then another try follows. */
  outcome: 'accepted' | 'refused' | 'failed' | null;
  reason: string | null;
  /** What was reported after it had been accepted. */
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
  /** Began with a link to choose a new password or to set up the second factor again. */
  resetId: string | null;
  /** What codes by SMS that are asked for in it belong to; whoever signs in twice with one form goes on with the same. */
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
  /** Of the session that asked for it. */
  challenge: string;
  /** To the verified number of whoever asked. */
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
  /** Given to this client, to be passed on; null: mailed. */
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

/** Wrong codes and tokens in a row, at sign-in and at a reset apart, and what was closed because of them. */
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
