/** Sending a mail with retries: first quietly, then for days while the delay is shown as a problem. */
import type { MailOutcome } from '../activities/mail/sendMail.ts';
import type { MailDurations } from '../domain/durations.ts';
import { untilTooLate } from './untilTooLate.ts';

type Send = (within: { scheduleToCloseTimeout: number }) => Promise<MailOutcome>;

/** `timed-out`: it could not be sent within the retry time. */
export type MailResult = MailOutcome | 'timed-out';

/**
 * Tries a mail until it is sent, refused, no longer wanted, or timed out. `whenDelayed` is called once, when the mail
 * server has not accepted it for a while.
 */
export async function sendWithinRetryTime(
  send: Send,
  { durations, whenDelayed }: { durations: MailDurations; whenDelayed: () => Promise<void> },
): Promise<MailResult> {
  const soon = await within(durations.mailDelayedAfter, send);
  if (soon !== 'timed-out') return soon;
  await whenDelayed();
  return within(durations.mailRetryFor, send);
}

const within = (scheduleToCloseTimeout: number, send: Send): Promise<MailResult> =>
  untilTooLate<MailResult>(
    () => send({ scheduleToCloseTimeout }),
    () => 'timed-out',
  );
