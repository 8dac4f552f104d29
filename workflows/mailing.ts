/** A mail, and how long it is tried: a while as if nothing were wrong, then for days as a problem that is shown. */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { MailOutcome } from '../activities/invitation.ts';
import type { MailDurations } from './messages.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** For runs that began before 2026-11-23 and were not given any. */
const STANDARD: MailDurations = { mailDelayedAfter: 15 * MINUTE_MS, mailRetryFor: 5 * DAY_MS };

/** It left, whatever became of it: it counts, and the next one is another mail. */
export const left = (sent: Mailed): boolean => sent === 'sent' || sent === 'came-back';

type Send = (within: { scheduleToCloseTimeout: number }) => Promise<MailOutcome>;

/** `late`: it was tried for as long as it was of use. */
export type Mailed = MailOutcome | 'late';

/**
 * Tries a mail until it is sent, refused, not wanted any more, or late. `whenDelayed` is called once, when the mail
 * server has not taken it for a while. `life`: how long the mail is of use, in milliseconds.
 */
export async function mailed(
  send: Send,
  {
    durations,
    life,
    whenDelayed,
  }: { durations: Partial<MailDurations>; life?: number; whenDelayed: () => Promise<void> },
): Promise<Mailed> {
  const { mailDelayedAfter, mailRetryFor } = { ...STANDARD, ...durations };
  const whole = life ?? mailDelayedAfter + mailRetryFor;
  const until = Date.now() + whole;
  const soon = await within(Math.min(mailDelayedAfter, whole), send);
  if (soon !== 'late' || whole <= mailDelayedAfter) return soon;
  await whenDelayed();
  return within(Math.max(1_000, until - Date.now()), send);
}

async function within(scheduleToCloseTimeout: number, send: Send): Promise<Mailed> {
  try {
    return await send({ scheduleToCloseTimeout });
  } catch (error) {
    if (error instanceof ActivityFailure && !isCancellation(error)) return 'late';
    throw error;
  }
}
