/** The facts of one onboarding. */

export const FACTS = [
  'termsAccepted',
  'passwordChanged',
  'smsVerified',
  'smsSkipped',
  'appVerified',
  'appSkipped',
  'profileSaved',
  /** The person chose "I can't do this" and has made no progress since. */
  'helpAsked',
  /** Somebody chose "this is not me" and nobody has made progress since. */
  'notMe',
  /** A limit on SMS refused the person a code, and they have made no progress since. */
  'codesRefused',
] as const;

/** Facts about problems, not about steps that are done. */
const NO_STEPS: readonly string[] = ['helpAsked', 'notMe', 'codesRefused'];

export type FactName = (typeof FACTS)[number];

export type Facts = Record<FactName, boolean>;

/** When each fact that is true became so, in milliseconds since 1970. */
export type FactTimes = Partial<Record<FactName, number>>;

const factsWhere = (isTrue: (name: FactName) => boolean): Facts =>
  Object.fromEntries(FACTS.map((name) => [name, isTrue(name)])) as Facts;

export const factsOf = (times: FactTimes): Facts => factsWhere((name) => times[name] !== undefined);

/** Whether any step was done or skipped. */
export const hasBegun = (facts: Facts): boolean =>
  FACTS.some((name) => facts[name] && !NO_STEPS.includes(name));

export const NO_FACTS: Facts = factsWhere(() => false);
