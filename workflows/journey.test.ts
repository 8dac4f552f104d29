/** What a run knows of its reminders: by day only, also of one that is overdue or was broken off. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Journey } from './journey.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (time: string) => Date.parse(`2026-11-${time}:00Z`);
const iso = (instant: number | undefined) =>
  instant && new Date(instant).toISOString().slice('2026-11-'.length, -':00.000Z'.length);

const durations = {
  remindAfter: [DAY, 3 * DAY, 7 * DAY],
  expireAfter: 14 * DAY,
  inviteEvery: 1,
  smsCodeTtl: 1,
  timeZone: 'UTC',
  remindFromHour: 8,
  remindUntilHour: 20,
};

/** It began on the 2nd at ten, and it is `now`. */
function journeyAt(now: string): Journey {
  vi.setSystemTime(at('02T10:00'));
  const journey = new Journey({ durations });
  journey.wakesSooner = true;
  vi.setSystemTime(at(now));
  return journey;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a reminder', () => {
  it('that is overdue in the night, as after an outage, is due in the morning', () => {
    expect(iso(journeyAt('02T12:00').reminderAt)).toBe('03T10:00');
    expect(iso(journeyAt('03T23:00').reminderAt)).toBe('04T08:00');
    expect(iso(journeyAt('04T07:59').reminderAt)).toBe('04T08:00');
    expect(iso(journeyAt('04T08:00').reminderAt)).toBe('04T08:00');
    expect(iso(journeyAt('04T11:00').reminderAt)).toBe('04T11:00');
  });

  it('is none when the end comes before the morning', () => {
    expect(journeyAt('16T09:00').reminderAt).toBe(at('16T09:00'));
    const journey = journeyAt('15T23:00');
    journey.knowsDeadline({ progressAge: 13.5 * DAY, wantedAge: 13.5 * DAY, extraDays: 0 });
    expect(journey.expiresAt).toBe(at('16T11:00'));
    expect(iso(journey.reminderAt)).toBe('16T08:00');
    journey.knowsDeadline({ progressAge: 13.9 * DAY, wantedAge: 13.9 * DAY, extraDays: 0 });
    expect(journey.reminderAt).toBeUndefined();
  });

  it('is tried until the evening, and not in the night', () => {
    expect(journeyAt('03T10:00').lifeOfReminder).toBe(10 * HOUR);
    expect(journeyAt('03T19:30').lifeOfReminder).toBe(HOUR / 2);
    // The next one, or the end, may come before the evening.
    expect(journeyAt('05T09:00').lifeOfReminder).toBe(HOUR);
  });

  it('that was broken off in the evening is the same one in the morning', () => {
    const journey = journeyAt('03T20:00');
    const stands = { rung: 0, ladderFrom: journey.ladderFrom };
    journey.reminderWas('late', stands);
    expect([journey.rung, iso(journey.reminderAt)]).toEqual([0, '04T08:00']);
    vi.setSystemTime(at('04T08:00'));
    journey.reminderWas('sent', stands);
    expect([journey.rung, journey.remindersSent, iso(journey.reminderAt)]).toEqual([1, 1, '05T10:00']);
  });

  it('that the next one, by day, takes the place of is over', () => {
    const journey = journeyAt('05T10:00');
    journey.reminderWas('late', { rung: 0, ladderFrom: journey.ladderFrom });
    expect([journey.rung, journey.remindersSent]).toEqual([1, 0]);
  });
});
