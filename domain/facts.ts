/** What is known to be true of one onboarding. */

export const FACTS = [
  'termsAccepted',
  'passwordChanged',
  'smsVerified',
  'smsSkipped',
  'appVerified',
  'appSkipped',
  'profileSaved',
  /** The person said "I can't do this" and has not gone on since. */
  'helpAsked',
  /** Somebody said "this is not me" and nobody has gone on since. */
  'notMe',
  /** A limit on SMS kept the person from getting a code, and the person has not gone on since. */
  'codesRefused',
] as const;

/** Facts that say how somebody gets on, and not what is done. */
const NO_STEPS: readonly string[] = ['helpAsked', 'notMe', 'codesRefused'];

export type FactName = (typeof FACTS)[number];

export type Facts = Record<FactName, boolean>;

/** When each fact that is true became so, in milliseconds since 1970. */
export type FactTimes = Partial<Record<FactName, number>>;

const factsWhere = (isTrue: (name: FactName) => boolean): Facts =>
  Object.fromEntries(FACTS.map((name) => [name, isTrue(name)])) as Facts;

export const factsOf = (times: FactTimes): Facts => factsWhere((name) => times[name] !== undefined);

/** Some step is done, or was skipped. */
export const hasBegun = (facts: Facts): boolean =>
  FACTS.some((name) => facts[name] && !NO_STEPS.includes(name));

export const NO_FACTS: Facts = factsWhere(() => false);
