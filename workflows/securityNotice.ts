/** Notifies the owner of a phone number by SMS that another number has replaced it. */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { DATABASE, sms } from './activityOptions.ts';
import { createShownFaults } from './faults.ts';
import type { SecurityNoticeInput } from './signals.ts';
import { untilTooLate } from './untilTooLate.ts';

export async function securityNotice({ noticeId, triedFor }: SecurityNoticeInput): Promise<void> {
  const texts = proxyActivities<Activities>(sms(triedFor));
  const database = proxyActivities<Activities>(DATABASE);
  const notice = { noticeId };
  const faults = createShownFaults();
  const summary = 'tell the number that was replaced, by SMS';
  const send = () => texts.sendSecurityNotice.executeWithOptions({ summary }, [notice]);
  const giveUp = () =>
    database.giveUpSecurityNotice.executeWithOptions({ summary: 'that SMS could not be sent' }, [notice]);
  await untilTooLate(
    () => faults.untilItWorks(send),
    () => faults.untilItWorks(giveUp),
  );
}
