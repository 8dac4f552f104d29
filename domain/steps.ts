/**
 * The order of the steps and the rules for skipping, in one pure function: facts in, current step and open steps out.
 * Workflow and pages both use it, so they cannot disagree.
 */
import type { Facts } from './facts.ts';

export const STEPS = ['terms', 'password', 'sms', 'app', 'profile'] as const;

export type Step = (typeof STEPS)[number];

export type StepState = {
  /** What is awaited now: a step by the person, or opening the account. */
  current: Step | 'activate';
  /** The steps whose pages may be viewed and posted. */
  open: readonly Step[];
};

/** Whether a second factor is set up. One is required; two are better. */
export const secondFactorSet = (facts: Facts): boolean => facts.smsVerified || facts.appVerified;

/** Whether skipping `factor` would leave the person unable to set up any second factor. */
export const skipLeavesNoWay = (facts: Facts, factor: 'sms' | 'app'): boolean =>
  factor === 'sms' ? facts.appSkipped && !facts.appVerified : facts.smsSkipped && !facts.smsVerified;

export function steps(facts: Facts): StepState {
  if (!facts.termsAccepted) return { current: 'terms', open: ['terms'] };
  if (!facts.passwordChanged) return { current: 'password', open: ['password'] };
  if (facts.profileSaved && secondFactorSet(facts)) return { current: 'activate', open: [] };
  if (!facts.smsVerified && !facts.smsSkipped) return { current: 'sms', open: ['sms', 'app'] };
  if (!facts.appVerified && !facts.appSkipped) return { current: 'app', open: ['sms', 'app'] };
  if (!secondFactorSet(facts)) return { current: 'app', open: ['sms', 'app'] };
  return { current: 'profile', open: ['sms', 'app', 'profile'] };
}

/** "Step 2 of 5": the position of a step, from 1. */
export const placeOf = (step: Step): number => STEPS.indexOf(step) + 1;
