/** What the parts of one onboarding's workflow share: who it is, what is known, and what can be done. */
import {
  ActivityCancellationType,
  type ActivityInterfaceFor,
  type ActivityOptions,
  CancellationScope,
  isCancellation,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { DATABASE, mail, sms } from './activityOptions.ts';
import { Journey } from './journey.ts';
import type { OnboardingInput } from './messages.ts';
import { seedNow } from './resets.ts';

export type Run = {
  id: { onboardingId: string };
  durations: OnboardingInput['durations'];
  journey: Journey;
  database: ActivityInterfaceFor<Activities>;
  mails: ActivityInterfaceFor<Activities>;
  texts: ActivityInterfaceFor<Activities>;
  /** Everything that goes on beside the person's steps; cancelled at the end. */
  background: CancellationScope;
  /** The invitation that is being sent. */
  inviting: CancellationScope | undefined;
  /** A reminder is being sent, or the end is being decided. */
  reminding: boolean;
  /** Of its random numbers: another one after each reset. */
  seed: unknown;
  /** How often the run was reset. */
  resets: number;
  /** It was reset, and has not asked the database since: nothing is sent before it has. */
  stale: boolean;
};

export const newRun = ({ onboardingId, durations, ...before }: OnboardingInput): Run => ({
  id: { onboardingId },
  durations,
  journey: new Journey({ durations, ...before }),
  database: proxyActivities<Activities>(DATABASE),
  mails: proxyActivities<Activities>(mail()),
  texts: proxyActivities<Activities>(sms(durations.smsCodeTtl)),
  background: new CancellationScope(),
  inviting: undefined,
  reminding: false,
  seed: seedNow(),
  resets: 0,
  stale: false,
});

/** One logical mail: however often it is tried, also after a reset of the run, it has one link and one Message-ID. */
export const sendKey = ({ id }: Run, mailName: string) => ({
  ...id,
  sendKey: `${workflowInfo().firstExecutionRunId}:${mailName}`,
});

/** A try that is under way when a mail is broken off, or at the end, may still be sent: then it was, and it counts. */
export const finishingTheTry = ({ journey }: Run): ActivityOptions =>
  journey.wakesSooner ? { cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED } : {};

/** The mail server has not taken a mail for a while: shown, and told to the senders. */
export async function showMailDelayed({ journey, database, id }: Run): Promise<void> {
  journey.mailDelayed = true;
  journey.show();
  await database.reportMailTrouble.executeWithOptions({ summary: 'tell the senders that mail is delayed' }, [
    { ...id, problem: 'mail-delayed' },
  ]);
}

/** A mail was refused, or tried for days in vain: told to the senders. */
export async function reportUndeliverable({ database, id }: Run): Promise<void> {
  await database.reportMailTrouble.executeWithOptions(
    { summary: 'tell the senders that the mail did not get through' },
    [{ ...id, problem: 'mail-undeliverable' }],
  );
}

export function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
