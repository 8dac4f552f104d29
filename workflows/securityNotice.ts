/** Tells the owner of a number by SMS that another one was set up in its place. */
import { ActivityFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { DATABASE, sms } from './activityOptions.ts';
import { createShownFaults } from './faults.ts';
import type { SecurityNoticeInput } from './signals.ts';

export async function securityNotice({ noticeId, triedFor }: SecurityNoticeInput): Promise<void> {
  const texts = proxyActivities<Activities>(sms(triedFor));
  const database = proxyActivities<Activities>(DATABASE);
  const faults = createShownFaults();
  const given = { noticeId };
  try {
    const summary = 'tell the number that was replaced, by SMS';
    await faults.untilItWorks(() => texts.sendSecurityNotice.executeWithOptions({ summary }, [given]));
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    const summary = 'that SMS could not be sent';
    await faults.untilItWorks(() => database.giveUpSecurityNotice.executeWithOptions({ summary }, [given]));
  }
}
