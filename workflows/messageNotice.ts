/** Tells somebody whose account is open that a message is waiting. */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { MAIL } from './activityOptions.ts';

export async function messageNotice({ messageId }: { messageId: string }): Promise<void> {
  const mail = proxyActivities<Activities>(MAIL);
  await mail.sendMessageNotice({ messageId });
}
