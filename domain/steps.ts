/**
 * The order of the steps and the rules for skipping, in one pure function: facts in, where the person stands out.
 * The workflow and the pages both ask it, so they cannot disagree.
 */
export const STEPS = ['terms', 'password', 'sms', 'app', 'profile'] as const;

export type Step = (typeof STEPS)[number];

/** What is known to be true of one onboarding. Booleans only: these travel through Temporal. */
export type Facts = {
  termsAccepted: boolean;
  passwordChanged: boolean;
  smsVerified: boolean;
  smsSkipped: boolean;
  appVerified: boolean;
  appSkipped: boolean;
  profileSaved: boolean;
  /** The person said "I can't do this" and has not gone on since. */
  helpAsked: boolean;
  /** Somebody said "this is not me" and nobody has gone on since. */
  notMe: boolean;
  /** A limit on SMS kept the person from getting a code, and the person has not gone on since. */
  codesRefused: boolean;
};

export const NO_FACTS: Facts = {
  termsAccepted: false,
  passwordChanged: false,
  smsVerified: false,
  smsSkipped: false,
  appVerified: false,
  appSkipped: false,
  profileSaved: false,
  helpAsked: false,
  notMe: false,
  codesRefused: false,
};

/** When each fact became true (ISO 8601). */
export type FactTimes = Partial<Record<keyof Facts, string>>;

/** When each fact that is true became so: as known `before`, or `at`, in milliseconds since 1970. */
export function timesOf(facts: Facts, { before, at }: { before: FactTimes; at: number }): FactTimes {
  const now = new Date(at).toISOString();
  const isTrue = (Object.keys(facts) as (keyof Facts)[]).filter((name) => facts[name]);
  return Object.fromEntries(isTrue.map((name) => [name, before[name] ?? now]));
}

/** Facts that say how somebody gets on, and not what is done. */
const NO_STEPS: (keyof Facts)[] = ['helpAsked', 'notMe', 'codesRefused'];

/** When the person came to the step at hand, in milliseconds since 1970; undefined when no step is done yet. */
export function cameHereAt(times: FactTimes): number | undefined {
  const ofSteps = (Object.keys(times) as (keyof Facts)[]).filter((name) => !NO_STEPS.includes(name));
  return ofSteps.length ? Math.max(...ofSteps.map((name) => Date.parse(times[name]!))) : undefined;
}

export type Standing = {
  /** What is awaited now: a step of the person, or the opening of the account. */
  current: Step | 'activate';
  /** The steps whose pages may be shown and posted. */
  open: readonly Step[];
};

/** A second factor is set up. One is always required; both is better. */
export const secondFactorSet = (facts: Facts): boolean => facts.smsVerified || facts.appVerified;

/** Skipping `factor` would leave the person without any way to set up a second factor. */
export const skipLeavesNoWay = (facts: Facts, factor: 'sms' | 'app'): boolean =>
  factor === 'sms' ? facts.appSkipped && !facts.appVerified : facts.smsSkipped && !facts.smsVerified;

export function steps(facts: Facts): Standing {
  if (!facts.termsAccepted) return { current: 'terms', open: ['terms'] };
  if (!facts.passwordChanged) return { current: 'password', open: ['password'] };
  if (facts.profileSaved && secondFactorSet(facts)) return { current: 'activate', open: [] };
  if (!facts.smsVerified && !facts.smsSkipped) return { current: 'sms', open: ['sms', 'app'] };
  if (!facts.appVerified && !facts.appSkipped) return { current: 'app', open: ['sms', 'app'] };
  if (!secondFactorSet(facts)) return { current: 'app', open: ['sms', 'app'] };
  return { current: 'profile', open: ['sms', 'app', 'profile'] };
}

/** "Step 2 of 5": the place of a step among the steps, from 1. */
export const placeOf = (step: Step): number => STEPS.indexOf(step) + 1;
