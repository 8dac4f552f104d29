/** The rules of the order, stated independently of the function and checked on every combination of facts. */

import { describe, expect, it } from 'vitest';
import { type Facts, NO_FACTS } from './facts.ts';
import { placeOf, STEPS, type Step, secondFactorSet, skipLeavesNoWay, steps } from './steps.ts';

const NAMES = Object.keys(NO_FACTS) as (keyof Facts)[];
const COMBINATIONS: Facts[] = Array.from({ length: 2 ** NAMES.length }, (_, bits) => ({
  ...NO_FACTS,
  ...Object.fromEntries(NAMES.map((name, i) => [name, (bits & (2 ** i)) !== 0])),
}));

const words = (facts: Facts) => NAMES.filter((name) => facts[name]).join(' ') || 'no facts';

/** `promise` must hold for every combination; failing ones are named. */
function always(promise: (facts: Facts) => boolean): void {
  expect(COMBINATIONS.filter((facts) => !promise(facts)).map(words)).toEqual([]);
}

const open = (facts: Facts, step: Step) => steps(facts).open.includes(step);
const factorDecided = ({ smsVerified, smsSkipped, appVerified, appSkipped }: Facts) =>
  (smsVerified || smsSkipped) && (appVerified || appSkipped);

describe('whatever is true of somebody', () => {
  it('there are 1024 combinations to look at', () => {
    expect(new Set(COMBINATIONS.map(words)).size).toBe(1024);
  });

  it('there is a page to do now, unless the account is being opened', () => {
    always((facts) => (steps(facts).open.length === 0) === (steps(facts).current === 'activate'));
  });

  it('the awaited step is one of those that are open', () => {
    always((facts) => {
      const { current } = steps(facts);
      return current === 'activate' || open(facts, current);
    });
  });

  it('the account opens only with terms, password, a second factor and the profile', () => {
    always(
      (facts) =>
        (steps(facts).current === 'activate') ===
        (facts.termsAccepted &&
          facts.passwordChanged &&
          (facts.smsVerified || facts.appVerified) &&
          facts.profileSaved),
    );
  });

  it('terms come first and alone', () => {
    always((facts) => open(facts, 'terms') === !facts.termsAccepted);
    always((facts) => facts.termsAccepted || steps(facts).open.length === 1);
  });

  it('the password comes after the terms, alone, and is done once', () => {
    always((facts) => open(facts, 'password') === (facts.termsAccepted && !facts.passwordChanged));
    always((facts) => !open(facts, 'password') || steps(facts).open.length === 1);
  });

  it('both second factors stay open from the password until the account is being opened', () => {
    const between = (facts: Facts) =>
      facts.termsAccepted && facts.passwordChanged && steps(facts).current !== 'activate';
    always((facts) => open(facts, 'sms') === between(facts));
    always((facts) => open(facts, 'app') === between(facts));
  });

  it('the profile opens once both factors are decided and one of them is set up', () => {
    always(
      (facts) =>
        !open(facts, 'profile') ||
        (facts.passwordChanged && secondFactorSet(facts) && factorDecided(facts) && !facts.profileSaved),
    );
    always(
      (facts) =>
        !facts.termsAccepted ||
        !facts.passwordChanged ||
        facts.profileSaved ||
        !secondFactorSet(facts) ||
        !factorDecided(facts) ||
        steps(facts).current === 'profile',
    );
  });

  it('without a second factor the profile is never reached, whatever was skipped', () => {
    always((facts) => secondFactorSet(facts) || !open(facts, 'profile'));
  });

  it('SMS is asked before the app', () => {
    always(
      (facts) =>
        steps(facts).current !== 'app' || facts.smsVerified || facts.smsSkipped || factorDecided(facts),
    );
  });

  it('asking for help and "this is not me" change nothing about the order', () => {
    always((facts) => {
      const without = { ...facts, helpAsked: false, notMe: false };
      return JSON.stringify(steps(facts)) === JSON.stringify(steps(without));
    });
  });

  it('doing what is asked leads to the open account in at most five steps', () => {
    const done: Record<Step, keyof Facts> = {
      terms: 'termsAccepted',
      password: 'passwordChanged',
      sms: 'smsVerified',
      app: 'appVerified',
      profile: 'profileSaved',
    };
    always((facts) => {
      let now = facts;
      for (let i = 0; i < STEPS.length; i++) {
        const { current } = steps(now);
        if (current !== 'activate') now = { ...now, [done[current]]: true };
      }
      return steps(now).current === 'activate';
    });
  });
});

describe('skipping', () => {
  const factsAfter = (facts: Partial<Facts>): Facts => ({
    ...NO_FACTS,
    termsAccepted: true,
    passwordChanged: true,
    ...facts,
  });

  it('is refused for a factor when the other one was skipped and is not set up', () => {
    expect(skipLeavesNoWay(factsAfter({ appSkipped: true }), 'sms')).toBe(true);
    expect(skipLeavesNoWay(factsAfter({ smsSkipped: true }), 'app')).toBe(true);
  });

  it('is allowed while the other factor is open or set up', () => {
    expect(skipLeavesNoWay(factsAfter({}), 'sms')).toBe(false);
    expect(skipLeavesNoWay(factsAfter({}), 'app')).toBe(false);
    expect(skipLeavesNoWay(factsAfter({ smsVerified: true }), 'app')).toBe(false);
    expect(skipLeavesNoWay(factsAfter({ appVerified: true, appSkipped: true }), 'sms')).toBe(false);
  });

  it('allowed skips never lead to both skipped and none set up', () => {
    always((facts) => {
      if (skipLeavesNoWay(facts, 'sms') || facts.smsVerified) return true;
      return secondFactorSet(facts) || !facts.appSkipped;
    });
  });
});

it('the steps have the places that people read: terms is 1, profile is 5', () => {
  expect(STEPS.map(placeOf)).toEqual([1, 2, 3, 4, 5]);
  expect(STEPS).toEqual(['terms', 'password', 'sms', 'app', 'profile']);
});
