/** Reminders over whole months, through nights and clock changes. */
import { describe, expect, it } from 'vitest';
import { clockOf, outsideQuietHours, type QuietHours, quietHoursBegin, reminderDueAt } from './reminders.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ZONE = 'Europe/Amsterdam';
const BY_DAY: QuietHours = { timeZone: ZONE, fromHour: 8, untilHour: 20 };
const REMIND_AFTER = [DAY, 3 * DAY, 7 * DAY];

const at = (iso: string) => Date.parse(iso);
const hourOf = clockOf(ZONE);
const local = (instant: number, timeZone = ZONE) =>
  new Date(instant).toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });

describe('the quiet hours', () => {
  it.each([
    ['at noon', '2026-11-22T12:00:00+01:00', '2026-11-22 12:00:00'],
    ['at eight sharp', '2026-11-22T08:00:00+01:00', '2026-11-22 08:00:00'],
    ['a second before eight', '2026-11-22T07:59:59+01:00', '2026-11-22 08:00:00'],
    ['a second before twenty hours', '2026-11-22T19:59:59+01:00', '2026-11-22 19:59:59'],
    ['at twenty hours sharp', '2026-11-22T20:00:00+01:00', '2026-11-23 08:00:00'],
    ['at midnight', '2026-11-22T00:00:00+01:00', '2026-11-22 08:00:00'],
    ['on New Year’s Eve', '2026-12-31T23:59:59+01:00', '2027-01-01 08:00:00'],
  ])('%s: what is due leaves at the first allowed moment', (_when, due, leaves) => {
    expect(local(outsideQuietHours(at(due), BY_DAY))).toBe(leaves);
  });

  it.each([
    ['forward in 2026', '2026-03-28T22:00:00+01:00', '2026-03-29 08:00:00', 9],
    ['back in 2026', '2026-10-24T22:00:00+02:00', '2026-10-25 08:00:00', 11],
    ['forward in 2027', '2027-03-27T22:00:00+01:00', '2027-03-28 08:00:00', 9],
    ['back in 2027', '2027-10-30T22:00:00+02:00', '2027-10-31 08:00:00', 11],
  ])(
    '34: a reminder falls in the night the clocks go %s: it leaves at eight by the clock on the wall',
    (_night, due, leaves, hours) => {
      const moment = outsideQuietHours(at(due), BY_DAY);
      expect(local(moment)).toBe(leaves);
      expect((moment - at(due)) / HOUR).toBe(hours);
    },
  );

  it.each([
    ['back', '2026-04-04T22:00:00+11:00', '2026-04-05 08:00:00', 10.5],
    ['forward', '2026-10-03T22:00:00+10:30', '2026-10-04 08:00:00', 9.5],
    ['back in 2027', '2027-04-03T22:00:00+11:00', '2027-04-04 08:00:00', 10.5],
    ['forward in 2027', '2027-10-02T22:00:00+10:30', '2027-10-03 08:00:00', 9.5],
  ])(
    '34: a reminder falls in the night the clocks go %s by half an hour: it leaves at eight by the clock on the wall',
    (_night, due, leaves, hours) => {
      const timeZone = 'Australia/Lord_Howe';
      const moment = outsideQuietHours(at(due), { ...BY_DAY, timeZone });
      expect(local(moment, timeZone)).toBe(leaves);
      expect((moment - at(due)) / HOUR).toBe(hours);
    },
  );

  it.each([
    ['at noon', '2026-11-22T12:00:00+01:00', '2026-11-22 20:00:00'],
    ['a second before twenty hours', '2026-11-22T19:59:59+01:00', '2026-11-22 20:00:00'],
    ['in the night', '2026-11-22T23:10:00+01:00', '2026-11-22 23:10:00'],
    ['on the day the clocks go forward', '2026-03-29T08:00:00+02:00', '2026-03-29 20:00:00'],
  ])('%s: they begin at twenty hours, or have begun', (_when, now, begin) => {
    expect(local(quietHoursBegin(at(now), BY_DAY))).toBe(begin);
  });

  it('never begin when there are none', () => {
    const never = quietHoursBegin(at('2026-11-22T12:00:00Z'), { ...BY_DAY, fromHour: 0, untilHour: 24 });
    expect(never).toBe(Number.POSITIVE_INFINITY);
  });

  it('34: a reminder falls in the hour that is there twice: either way it waits until eight', () => {
    for (const due of ['2026-10-25T02:30:00+02:00', '2026-10-25T02:30:00+01:00'])
      expect(local(outsideQuietHours(at(due), BY_DAY))).toBe('2026-10-25 08:00:00');
  });

  it('from 0 to 24 there are none: at any minute of a year nothing moves', () => {
    const always = { timeZone: ZONE, fromHour: 0, untilHour: 24 };
    for (let moment = at('2026-01-01T00:00:00Z'); moment < at('2027-01-01T00:00:00Z'); moment += 47 * MINUTE)
      expect(outsideQuietHours(moment, always)).toBe(moment);
  });

  it('every quarter of two years: never early, never more than a night late, always in the allowed hours', () => {
    for (
      let moment = at('2026-01-01T00:07:00Z');
      moment < at('2028-01-01T00:00:00Z');
      moment += 61 * MINUTE
    ) {
      const leaves = outsideQuietHours(moment, BY_DAY);
      const hour = hourOf(leaves);
      const wait = leaves - moment;
      if (wait < 0 || wait > 13 * HOUR || hour < 8 || hour >= 20)
        expect.fail(`due ${local(moment)}, leaves ${local(leaves)}`);
    }
  });

  it.each(['Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns', 'Pacific/Chatham'])(
    'they are right where the clock is off by half or quarter hours: %s',
    (timeZone) => {
      const leaves = outsideQuietHours(at('2026-06-01T14:10:00Z'), { timeZone, fromHour: 9, untilHour: 10 });
      const hourThere = clockOf(timeZone);
      expect(hourThere(leaves)).toBe(9);
      expect(hourThere(leaves - 15 * MINUTE)).not.toBe(9);
    },
  );
});

describe('the reminder schedule', () => {
  const due = (progressedAt: number, sent: number) =>
    reminderDueAt({ progressedAt, sent }, { remindAfter: REMIND_AFTER, ...BY_DAY });

  it('asks after 1, 3 and 7 days without progress, then no more', () => {
    const progressedAt = at('2026-11-22T10:00:00+01:00');
    const schedule = [0, 1, 2].map((sent) => local(due(progressedAt, sent)!));
    expect(schedule).toEqual(['2026-11-23 10:00:00', '2026-11-25 10:00:00', '2026-11-29 10:00:00']);
    expect(due(progressedAt, 3)).toBeUndefined();
  });

  it('climbs by day only, for somebody who stopped at any minute of the month the clocks change', () => {
    const begin = at('2026-10-01T00:00:00+02:00');
    for (let progressedAt = begin; progressedAt < begin + 31 * DAY; progressedAt += 23 * MINUTE) {
      const schedule = REMIND_AFTER.map((_, sent) => due(progressedAt, sent)!);
      const inHours = schedule.every((moment) => hourOf(moment) >= 8 && hourOf(moment) < 20);
      const inTime = schedule.every((moment, i) => {
        const late = moment - progressedAt - REMIND_AFTER[i]!;
        return late >= 0 && late <= 13 * HOUR;
      });
      const growing = schedule.every((moment, i) => i === 0 || moment > schedule[i - 1]!);
      if (!inHours || !inTime || !growing)
        expect.fail(`${local(progressedAt)}: ${schedule.map((moment) => local(moment)).join(', ')}`);
    }
  });

  it('34: a reminder that falls in the night of the change comes once, in the morning, and the next one in its turn', () => {
    const progressedAt = at('2026-10-24T02:30:00+02:00');
    expect(local(due(progressedAt, 0)!)).toBe('2026-10-25 08:00:00');
    expect(local(due(progressedAt, 1)!)).toBe('2026-10-27 08:00:00');
  });

  it('without reminders there is none', () => {
    expect(reminderDueAt({ progressedAt: 0, sent: 0 }, { remindAfter: [], ...BY_DAY })).toBeUndefined();
  });
});
