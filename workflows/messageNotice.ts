/** Notifies a person with an open account that a message is waiting, together with others that arrive shortly after. */
import { proxyActivities, setCurrentDetails, sleep, upsertSearchAttributes } from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { DATABASE, mailActivities } from './activityOptions.ts';
import { createShownFaults } from './faults.ts';
import { sendWithinRetryTime } from './mailing.ts';
import { NOTICE_PROBLEM_WORDS } from './operatorView.ts';
import { OnboardingProblem } from './searchAttributes.ts';
import type { MessageNoticeInput } from './signals.ts';

type NoticeProblem = keyof typeof NOTICE_PROBLEM_WORDS;

export async function messageNotice({ messageId, durations }: MessageNoticeInput): Promise<void> {
  const database = proxyActivities<Activities>(DATABASE);
  const mails = mailActivities();
  let problem: NoticeProblem | null = null;
  const faults = createShownFaults(() => showProblem(problem));

  function become(now: NoticeProblem | null): void {
    if (now === problem) return;
    problem = now;
    showProblem(problem);
  }

  const plan = await faults.untilItWorks(() =>
    database.planMessageNotice.executeWithOptions(
      { summary: 'release the message; a mail of its own, or one with others' },
      [{ messageId }],
    ),
  );
  if (plan === 'told-with-another') return;
  if (plan.waitMs > 0)
    await sleep(plan.waitMs, { summary: 'so that one mail tells of what comes meanwhile' });
  const summary = 'a message is waiting';
  const sent = await sendWithinRetryTime(
    (within) =>
      faults.untilItWorks(() =>
        mails.sendMessageNotice.executeWithOptions({ ...within, summary }, [{ messageId }]),
      ),
    { durations, whenDelayed: async () => become('mail-delayed') },
  );
  if (sent === 'timed-out')
    await faults.untilItWorks(() =>
      database.giveUpMessageNotice.executeWithOptions(
        { summary: 'show the sender that it did not get through' },
        [{ messageId }],
      ),
    );
  become(sent === 'undeliverable' || sent === 'timed-out' ? 'mail-undeliverable' : null);
}

function showProblem(problem: NoticeProblem | null): void {
  setCurrentDetails(problem ? `**Problem:** ${problem}. ${NOTICE_PROBLEM_WORDS[problem]}` : '');
  upsertSearchAttributes([{ key: OnboardingProblem, value: problem }]);
}
