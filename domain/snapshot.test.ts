/** Anything can be typed into the Temporal UI, so a snapshot is valid in every field or not at all. */
import { describe, expect, it } from 'vitest';
import { someSnapshot } from '../test/kit/snapshot.ts';
import { isSnapshot, placeAt, problemOf, type Snapshot } from './snapshot.ts';

describe('a snapshot', () => {
  it('is one with every field, and with facts or without', () => {
    expect(isSnapshot(someSnapshot())).toBe(true);
    expect(
      isSnapshot(someSnapshot({ facts: { termsAccepted: 1 }, smsCodeId: 'c', smsOutcome: 'sent' })),
    ).toBe(true);
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a text', 'everything is fine'],
    ['a list', []],
    ['an object without fields', {}],
    ['a version that is no number', { ...someSnapshot(), version: '2' }],
    ['a version that is no whole number', { ...someSnapshot(), version: 1.5 }],
    ['a version beyond all numbers', { ...someSnapshot(), version: 1e300 }],
    ['a time that no clock shows', { ...someSnapshot(), stepSince: 1e300 }],
    ['a time that is no number', { ...someSnapshot(), progressedAt: Number.NaN }],
    ['a fact that there is none of', { ...someSnapshot(), facts: { isAdministrator: 1 } }],
    ['a fact without a time', { ...someSnapshot(), facts: { termsAccepted: true } }],
    ['a status that there is none of', { ...someSnapshot(), status: 'lost' }],
    ['days without end', { ...someSnapshot(), extraDays: Number.POSITIVE_INFINITY }],
    ['a code that is an object', { ...someSnapshot(), smsCodeId: { toString: 'x' } }],
  ])('%s is none', (_what, value) => {
    expect(isSnapshot(value)).toBe(false);
  });

  it('lacks no field', () => {
    for (const field of Object.keys(someSnapshot())) {
      const { [field as keyof Snapshot]: _, ...less } = someSnapshot();
      expect(isSnapshot(less), field).toBe(false);
    }
  });
});

describe('a place and a problem', () => {
  it('follow from facts and status', () => {
    expect(placeAt(someSnapshot())).toBe('terms');
    expect(placeAt(someSnapshot({ facts: { termsAccepted: 1, passwordChanged: 1 } }))).toBe('sms');
    expect(placeAt(someSnapshot({ status: 'completed' }))).toBe('done');
    expect(placeAt(someSnapshot({ status: 'expired' }))).toBe('expired');
  });

  it.each<[string | null, Partial<Snapshot>, boolean]>([
    [null, {}, false],
    ['reminders-exhausted', {}, true],
    ['mail-delayed', { mailProblem: 'mail-delayed' }, true],
    ['mail-undeliverable', { mailProblem: 'mail-undeliverable' }, false],
    ['help-asked', { facts: { helpAsked: 1 }, mailProblem: 'mail-delayed' }, false],
    ['not-me', { facts: { notMe: 1, helpAsked: 1 } }, false],
    ['too-many-codes', { facts: { codesRefused: 1 } }, false],
    ['sms-undeliverable', { facts: { termsAccepted: 1, passwordChanged: 1 }, smsOutcome: 'failed' }, false],
    // Elsewhere nobody waits for that SMS.
    [null, { facts: { termsAccepted: 1 }, smsOutcome: 'failed' }, false],
    [null, { status: 'completed', mailProblem: 'mail-undeliverable' }, true],
  ])('%s: %o', (problem, given, exhausted) => {
    expect(problemOf(someSnapshot(given), exhausted)).toBe(problem);
  });
});
