/** Mails somebody who forgot the own password a link to choose a new one. */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { MAIL } from './activityOptions.ts';

export async function passwordReset({ resetId }: { resetId: string }): Promise<void> {
  const mail = proxyActivities<Activities>(MAIL);
  await mail.sendPasswordReset({ resetId });
}
