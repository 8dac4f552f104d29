/** When reminders are sent: pure rules over instants (milliseconds since 1970) and one time zone. */

export type QuietHours = {
  timeZone: string;
  /** Reminders are sent from this hour (0–23) of the time zone … */
  fromHour: number;
  /** … until before this one (1–24). 0 and 24: at any hour. */
  untilHour: number;
};

const QUARTER_MS = 15 * 60_000;
const DAY_IN_QUARTERS = 25 * 4;

/** Creating a formatter costs a hundred times as much as using it. */
const clocks = new Map<string, (instant: number) => number>();

/** Returns a function that tells the hour of the day (0–23) in `timeZone`. */
export function clockOf(timeZone: string): (instant: number) => number {
  const known = clocks.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' });
  const clock = (instant: number) => Number(format.format(instant));
  clocks.set(timeZone, clock);
  return clock;
}

/**
 * The first moment at or after `instant` outside the quiet hours. It steps by quarters of an hour, because every
 * zone's offset is a multiple of one, so days on which clocks change need no special rule.
 */
export function outsideQuietHours(instant: number, quiet: QuietHours): number {
  return firstMoment(instant, allowedBy(quiet)) ?? instant;
}

/** The first moment at or after `instant` inside the quiet hours; Infinity when there are none. */
export function quietHoursBegin(instant: number, quiet: QuietHours): number {
  const allowed = allowedBy(quiet);
  return firstMoment(instant, (moment) => !allowed(moment)) ?? Number.POSITIVE_INFINITY;
}

function allowedBy({ timeZone, fromHour, untilHour }: QuietHours): (moment: number) => boolean {
  const hourAt = clockOf(timeZone);
  return (moment) => {
    const hour = hourAt(moment);
    return hour >= fromHour && hour < untilHour;
  };
}

/** The first such moment within a day. */
function firstMoment(instant: number, is: (moment: number) => boolean): number | undefined {
  if (is(instant)) return instant;
  let moment = Math.ceil(instant / QUARTER_MS) * QUARTER_MS;
  for (let i = 0; i < DAY_IN_QUARTERS; i++, moment += QUARTER_MS) if (is(moment)) return moment;
  return undefined;
}

/**
 * When the next reminder is due after `sent` reminders, for somebody whose last progress was at `progressedAt`.
 * Undefined when no reminder is left.
 */
export function reminderDueAt(
  { progressedAt, sent }: { progressedAt: number; sent: number },
  { remindAfter, ...quiet }: QuietHours & { remindAfter: readonly number[] },
): number | undefined {
  const wait = remindAfter[sent];
  return wait === undefined ? undefined : outsideQuietHours(progressedAt + wait, quiet);
}
