/** What operators filter by. The worker registers these at its start; see docs/operators.md for ready filters. */
import { defineSearchAttributeKey } from '@temporalio/common';

/** The awaited step: `terms`, `password`, `sms`, `app`, `profile`, `activate`, then `done`, `expired` or `cancelled`. */
export const OnboardingStep = defineSearchAttributeKey('OnboardingStep', 'KEYWORD');
/** At this step since. */
export const OnboardingSince = defineSearchAttributeKey('OnboardingSince', 'DATETIME');
/** When the invitation expires unless somebody goes on; absent after the end. */
export const OnboardingExpires = defineSearchAttributeKey('OnboardingExpires', 'DATETIME');
/** Absent when all is well. */
export const OnboardingProblem = defineSearchAttributeKey('OnboardingProblem', 'KEYWORD');
export const RemindersSent = defineSearchAttributeKey('RemindersSent', 'INT');
/** The version of the onboarding's row that the run knows: held against the database now and then. */
export const OnboardingVersion = defineSearchAttributeKey('OnboardingVersion', 'INT');

export const SEARCH_ATTRIBUTES = [
  OnboardingStep,
  OnboardingSince,
  OnboardingExpires,
  OnboardingProblem,
  RemindersSent,
  OnboardingVersion,
];
