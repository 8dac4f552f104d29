/** Mails a link to a person who forgot their password; tried for as long as the link lives. */
import { mailActivities } from './activityOptions.ts';
import { createShownFaults } from './faults.ts';

export async function passwordReset({ resetId }: { resetId: string }): Promise<void> {
  const { sendPasswordReset } = mailActivities();
  const summary = 'the link to choose a new password';
  await createShownFaults().untilItWorks(() =>
    sendPasswordReset.executeWithOptions({ summary }, [{ resetId }]),
  );
}
