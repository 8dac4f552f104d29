/** What operators filter by. The worker registers these at its start; docs/operators.md has ready-made filters. */
import { defineSearchAttributeKey } from '@temporalio/common';

/** The awaited step: `terms`, `password`, `sms`, `app`, `profile`, `activate`, then `done`, `expired` or `cancelled`. */
export const OnboardingStep = defineSearchAttributeKey('OnboardingStep', 'KEYWORD');
/** When the person reached this step. */
export const OnboardingSince = defineSearchAttributeKey('OnboardingSince', 'DATETIME');
/** When the invitation expires unless the person makes progress; absent after the end. */
export const OnboardingExpires = defineSearchAttributeKey('OnboardingExpires', 'DATETIME');
/** Absent when all is well. */
export const OnboardingProblem = defineSearchAttributeKey('OnboardingProblem', 'KEYWORD');
export const RemindersSent = defineSearchAttributeKey('RemindersSent', 'INT');
/** The row version that the run knows, compared with the database at intervals. */
export const OnboardingVersion = defineSearchAttributeKey('OnboardingVersion', 'INT');

export const SEARCH_ATTRIBUTES = [
  OnboardingStep,
  OnboardingSince,
  OnboardingExpires,
  OnboardingProblem,
  RemindersSent,
  OnboardingVersion,
];
