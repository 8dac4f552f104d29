/** Sends the code of one sign-in by SMS, within the code's life. */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { sms } from './activityOptions.ts';
import { createShownFaults } from './faults.ts';

export async function signInCode({
  smsCodeId,
  smsCodeTtl,
}: {
  smsCodeId: string;
  smsCodeTtl: number;
}): Promise<void> {
  const texts = proxyActivities<Activities>(sms(smsCodeTtl));
  const summary = 'the code of a sign-in, by SMS';
  await createShownFaults().untilItWorks(() =>
    texts.sendSmsCode.executeWithOptions({ summary }, [{ smsCodeId }]),
  );
}
