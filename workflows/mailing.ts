/** A mail, and how long it is tried: a while as if nothing were wrong, then for days as a problem that is shown. */
import type { MailOutcome } from '../activities/mail/sendMail.ts';
import type { MailDurations } from '../domain/durations.ts';
import { untilTooLate } from './untilTooLate.ts';

type Send = (within: { scheduleToCloseTimeout: number }) => Promise<MailOutcome>;

/** `late`: it was tried for as long as it was of use. */
export type MailResult = MailOutcome | 'timed-out';

/**
 * Tries a mail until it is sent, refused, not wanted any more, or late. `whenDelayed` is called once, when the mail
 * server has not taken it for a while.
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
