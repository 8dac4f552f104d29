/** Mails somebody who forgot the own password a link to choose a new one; tried for as long as the link lives. */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { mail } from './activityOptions.ts';

export async function passwordReset({ resetId }: { resetId: string }): Promise<void> {
  const mails = proxyActivities<Activities>(mail());
  const summary = 'the link to choose a new password';
  await mails.sendPasswordReset.executeWithOptions({ summary }, [{ resetId }]);
}
