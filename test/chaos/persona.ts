/** The habits of one person of a run. */

import { phoneOf } from './canaryValues.ts';
import type { Choices } from './choices.ts';

/** Where somebody may stop. */
export const STOPS = [
  '/onboarding/terms',
  '/onboarding/password',
  '/onboarding/sms',
  '/onboarding/app',
  '/onboarding/profile',
];

export type Persona = {
  factor: 'sms' | 'app' | 'both';
  locale: 'nl' | 'en';
  phone: string;
  /** Waits this long for the first reminder before opening anything. It may not come when the invitation was late. */
  sleepsMs: number;
  /** Stops for good at this page. */
  stopsAt: string | undefined;
  asksHelp: boolean;
  /** The probability of each at each step; another device only once. */
  doubleClicks: number;
  changesDevice: number;
  mistypes: number;
  /** Forgets the password when asked for it: once. */
  forgets: boolean;
  /** Signs in again after reading the message. */
  comesBack: boolean;
};

/** Some wait for a reminder, for `sleepMs`; some stop. */
export const personaOf = (
  choices: Choices,
  { number, sleepMs }: { number: number; sleepMs: number },
): Persona => ({
  factor: choices.oneOf(['sms', 'app', 'both'] as const),
  locale: choices.oneOf(['nl', 'en'] as const),
  phone: phoneOf(number),
  sleepsMs: choices.chance(0.12) ? sleepMs : 0,
  stopsAt: choices.chance(0.12) ? choices.oneOf(STOPS) : undefined,
  asksHelp: choices.chance(0.15),
  doubleClicks: choices.oneOf([0, 0.2, 0.5]),
  changesDevice: choices.oneOf([0, 0, 0.2]),
  mistypes: choices.oneOf([0, 0, 0.25]),
  forgets: choices.chance(0.3),
  comesBack: choices.chance(0.25),
});
