/** Sends the code of one sign-in by SMS, within the code's life. */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { DATABASE, sms } from './activityOptions.ts';
import { createShownFaults } from './faults.ts';
import { untilTooLate } from './untilTooLate.ts';

type Code = { smsCodeId: string };

export async function signInCode({ smsCodeId, smsCodeTtl }: Code & { smsCodeTtl: number }): Promise<void> {
  const texts = proxyActivities<Activities>(sms(smsCodeTtl));
  const database = proxyActivities<Activities>(DATABASE);
  const code = { smsCodeId };
  const faults = createShownFaults();
  const send = () =>
    texts.sendSmsCode.executeWithOptions({ summary: 'the code of a sign-in, by SMS' }, [code]);
  const giveUp = () =>
    database.giveUpSmsCode.executeWithOptions({ summary: 'the SMS could not be sent' }, [code]);
  await untilTooLate<unknown>(
    () => faults.untilItWorks(send),
    () => faults.untilItWorks(giveUp),
  );
}
