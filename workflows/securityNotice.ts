/** Tells the owner of a number by SMS that another one was set up in its place. */
import { ActivityFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { DATABASE, sms } from './activityOptions.ts';
import type { SecurityNoticeInput } from './signals.ts';

export async function securityNotice({ noticeId, triedFor }: SecurityNoticeInput): Promise<void> {
  const texts = proxyActivities<Activities>(sms(triedFor));
  const database = proxyActivities<Activities>(DATABASE);
  const summary = 'tell the number that was replaced, by SMS';
  try {
    await texts.sendSecurityNotice.executeWithOptions({ summary }, [{ noticeId }]);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    await database.giveUpSecurityNotice.executeWithOptions({ summary: 'that SMS could not be sent' }, [
      { noticeId },
    ]);
  }
}
