/** What an onboarding needs at any moment: one row of a table for each rule. */
import { describe, expect, it } from 'vitest';
import { someSnapshot } from '../test/kit/snapshot.ts';
import { type Action, type Begun, dueActions, expiresAt, newestDue, plannedActions } from './dueActions.ts';
import type { Durations } from './durations.ts';
import type { Snapshot } from './snapshot.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (time: string) => Date.parse(`2026-11-${time}:00Z`);
const time = (instant: number) =>
  new Date(instant).toISOString().slice('2026-11-'.length, -':00.000Z'.length);

const durations: Durations = {
  remindAfter: [DAY, 3 * DAY, 7 * DAY],
  expireAfter: 14 * DAY,
  inviteEvery: 5 * MINUTE,
  smsCodeTtl: 5 * MINUTE,
  mailDelayedAfter: 15 * MINUTE,
  mailRetryFor: 5 * DAY,
  timeZone: 'UTC',
  remindFromHour: 8,
  remindUntilHour: 20,
};

const BEGAN = at('02T10:00');

/** Started on the 2nd at ten; the invitation was sent a minute later. */
const snapshot = (given: Partial<Snapshot> = {}): Snapshot =>
  someSnapshot({
    progressedAt: BEGAN,
    requestedAt: BEGAN,
    stepSince: BEGAN,
    remindersCountFrom: BEGAN,
    invitationsSent: 1,
    invitationSentAt: BEGAN + MINUTE,
    ...given,
  });

const planned = (now: string, given: Partial<Snapshot> = {}) =>
  plannedActions(snapshot(given), at(now), durations).map(({ kind, at: when }) => `${time(when)} ${kind}`);

const reminder = (now: string, given: Partial<Snapshot> = {}) =>
  plannedActions(snapshot(given), at(now), durations).find(
    (action): action is Action & { kind: 'sendReminder' } => action.kind === 'sendReminder',
  );

const begun = (kind: Begun['kind'], given: Partial<Begun> = {}): Begun => ({
  kind,
  since: BEGAN,
  retryAt: Number.POSITIVE_INFINITY,
  ...given,
});

const due = (now: string, given: Partial<Snapshot>, inFlight: Record<string, Begun> = {}) => {
  const found = dueActions(snapshot(given), new Map(Object.entries(inFlight)), at(now), durations);
  return { due: found.due.map(({ key }) => key), obsolete: found.obsolete, next: found.next?.key };
};

describe('planned', () => {
  it.each<[string, string, Partial<Snapshot>, string[]]>([
    ['waits for the person', '02T12:00', {}, ['03T10:00 sendReminder', '16T10:00 expire']],
    [
      'an invitation was asked for: five minutes after the last one; the reminder comes all the same',
      '02T12:00',
      { invitationDue: 3 },
      ['02T10:06 sendInvitation', '03T10:00 sendReminder', '16T10:00 expire'],
    ],
    [
      'an invitation that is urgent: at once',
      '02T10:02',
      { invitationDue: 3, invitationUrgent: true },
      ['02T10:00 sendInvitation', '03T10:00 sendReminder', '16T10:00 expire'],
    ],
    [
      'the first invitation: at once',
      '02T10:00',
      { invitationDue: 1, invitationSentAt: null },
      ['02T10:00 sendInvitation', '03T10:00 sendReminder', '16T10:00 expire'],
    ],
    [
      'a mail that has not left yet: nothing to remind of',
      '03T11:00',
      { invitationDue: 1, invitationSentAt: null },
      ['02T10:00 sendInvitation', '16T10:00 expire'],
    ],
    [
      'an operator ordered a link for a new second factor: at once',
      '02T12:00',
      { factorResetDue: 'run:1:askFactorReset' },
      ['02T10:00 sendFactorReset', '03T10:00 sendReminder', '16T10:00 expire'],
    ],
    [
      'a code was asked for',
      '02T12:00',
      { smsCodeId: 'c' },
      ['02T10:00 sendSms', '03T10:00 sendReminder', '16T10:00 expire'],
    ],
    [
      'a code that was sent',
      '02T12:00',
      { smsCodeId: 'c', smsOutcome: 'sent' },
      ['03T10:00 sendReminder', '16T10:00 expire'],
    ],
    [
      'a code that failed',
      '02T12:00',
      { smsCodeId: 'c', smsOutcome: 'failed' },
      ['03T10:00 sendReminder', '16T10:00 expire'],
    ],
    ['"this is not me": no reminders', '02T12:00', { facts: { notMe: BEGAN } }, ['16T10:00 expire']],
    ['after the last reminder: the end', '10T10:00', { lastReminder: 3 }, ['16T10:00 expire']],
    ['an operator gave a week', '10T10:00', { lastReminder: 3, extraDays: 7 }, ['23T10:00 expire']],
    ['it ended', '17T10:00', { status: 'expired', shouldRun: false }, []],
    ['it ended, and was asked for again', '17T10:00', { status: 'expired' }, ['17T10:00 reopen']],
    ['the account is open', '10T10:00', { status: 'completed', shouldRun: false }, []],
    [
      'the account opened late',
      '10T10:00',
      { status: 'completed', openedMailDue: true },
      ['10T10:00 sendOpenedMail'],
    ],
  ])('%s', (_what, now, given, actions) => {
    expect(planned(now, given)).toEqual(actions);
  });

  it('the end counts from the latest of progress and an invitation that was asked for', () => {
    expect(time(expiresAt(snapshot({ progressedAt: at('05T10:00') }), durations))).toBe('19T10:00');
    expect(time(expiresAt(snapshot({ requestedAt: at('07T10:00') }), durations))).toBe('21T10:00');
  });
});

describe('a reminder', () => {
  it('that is overdue in the night, as after an outage, is due in the morning', () => {
    const when = (now: string) => time(reminder(now)!.at);
    expect(when('02T12:00')).toBe('03T10:00');
    expect(when('03T23:00')).toBe('04T08:00');
    expect(when('04T07:59')).toBe('04T08:00');
    expect(when('04T08:00')).toBe('04T08:00');
    expect(when('04T11:00')).toBe('04T11:00');
  });

  it('is none when the end comes before the morning', () => {
    const given = { remindersCountFrom: at('08T23:00'), lastReminder: 2 };
    expect(time(reminder('15T23:00', given)!.at)).toBe('16T08:00');
    expect(
      reminder('15T23:00', { ...given, progressedAt: at('02T07:00'), requestedAt: at('02T07:00') }),
    ).toBeUndefined();
  });

  it('is tried until the evening, the next one or the end, and never less than a second', () => {
    const hours = (now: string) => (reminder(now)!.until - at(now)) / HOUR;
    expect(hours('03T10:00')).toBe(10);
    expect(hours('03T19:30')).toBe(1 / 2);
    expect(hours('05T09:00')).toBe(1);
    expect(hours('03T19:59') * HOUR).toBe(MINUTE);
    expect(
      reminder('16T09:59', { lastReminder: 2, extraDays: 1 / 86_400_000 })!.until,
    ).toBeGreaterThanOrEqual(at('16T09:59') + 1_000);
  });

  it('that was broken off in the evening is the same one in the morning', () => {
    const { key } = reminder('03T19:30')!;
    const tried = { [key]: begun('sendReminder', { since: at('03T19:30'), retryAt: at('03T20:05') }) };
    expect(due('03T20:05', {}, tried)).toEqual({ due: [], obsolete: [], next: key });
    expect(due('04T08:00', {}, tried)).toMatchObject({ due: [key] });
  });

  it('that the next one, by day, takes the place of is over', () => {
    const first = reminder('05T09:59')!;
    expect(first.reminder).toBe(1);
    expect(reminder('05T10:00')!.reminder).toBe(2);
    const trying = { [first.key]: begun('sendReminder') };
    expect(due('05T10:00', {}, trying)).toMatchObject({
      obsolete: [first.key],
      due: [reminder('05T10:00')!.key],
    });
  });

  it('after an outage of days is the newest alone', () => {
    expect(reminder('10T12:00')).toMatchObject({ reminder: 3, isLast: true });
    expect(newestDue(snapshot(), at('10T12:00'), durations)).toBe(3);
    expect(newestDue(snapshot(), at('02T12:00'), durations)).toBe(0);
  });

  it('has a name that progress changes, and nothing else', () => {
    const { key } = reminder('02T12:00')!;
    expect(reminder('03T09:00', { version: 9, invitationsSent: 3 })!.key).toBe(key);
    expect(reminder('03T09:00', { remindersCountFrom: at('03T08:00') })!.key).not.toBe(key);
  });
});

describe('what was begun', () => {
  const asked = { invitationDue: 3, invitationUrgent: true };

  it('is not begun again while it is under way', () => {
    expect(due('02T10:30', asked).due).toEqual(['invitation:3']);
    expect(due('02T10:30', asked, { 'invitation:3': begun('sendInvitation') }).due).toEqual([]);
  });

  it('and came to nothing is tried again later, and that is what comes next', () => {
    const tried = { 'invitation:3': begun('sendInvitation', { retryAt: at('02T10:35') }) };
    expect(due('02T10:30', asked, tried)).toMatchObject({ due: [], next: 'invitation:3' });
    expect(due('02T10:35', asked, tried)).toMatchObject({ due: ['invitation:3'] });
  });

  it('and is not called for any more is broken off: an invitation once the person went on', () => {
    const sending = { 'invitation:3': begun('sendInvitation'), 'sms:c': begun('sendSms') };
    expect(due('02T10:30', { smsCodeId: 'c' }, sending)).toMatchObject({
      obsolete: ['invitation:3'],
      due: [],
    });
    expect(due('02T10:30', { status: 'cancelled', shouldRun: false }, sending).obsolete).toEqual([
      'invitation:3',
      'sms:c',
    ]);
  });

  it('to the address of before holds up the invitation to the right one until it is broken off', () => {
    expect(
      due('02T10:30', { ...asked, invitationDue: 7 }, { 'invitation:3': begun('sendInvitation') }),
    ).toMatchObject({
      obsolete: ['invitation:3'],
      due: [],
    });
    const brokenOff = { 'invitation:3': begun('sendInvitation', { retryAt: at('02T10:35') }) };
    expect(due('02T10:30', { ...asked, invitationDue: 7 }, brokenOff).due).toEqual(['invitation:7']);
  });

  it('holds up nothing of another kind', () => {
    const given = { ...asked, smsCodeId: 'c' };
    expect(due('02T10:30', given, { 'invitation:3': begun('sendInvitation') }).due).toEqual(['sms:c']);
  });
});
