/** Snapshots for tests that need no onboarding. */
import type { Snapshot } from '../../domain/snapshot.ts';

/** A snapshot of somebody who does not exist. */
export const someSnapshot = (given: Partial<Snapshot> = {}): Snapshot => ({
  version: 1,
  status: 'open',
  shouldRun: true,
  facts: {},
  clientId: '01997c6e-0000-7000-8000-000000000000',
  helpReason: null,
  stepSince: Date.now(),
  progressedAt: Date.now(),
  requestedAt: Date.now(),
  extraDays: 0,
  remindersCountFrom: Date.now(),
  lastReminder: 0,
  invitationsSent: 0,
  remindersSent: 0,
  invitationDue: null,
  invitationUrgent: false,
  invitationSentAt: null,
  factorResetDue: null,
  acknowledgedAt: null,
  smsCodeId: null,
  smsOutcome: null,
  mailProblem: null,
  openedMailDue: false,
  ...given,
});
