/** Tells somebody whose account is open that a message is waiting, together with others that come in a short time. */
import { proxyActivities, setCurrentDetails, sleep, upsertSearchAttributes } from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { DATABASE, mailActivities } from './activityOptions.ts';
import { mailed } from './mailing.ts';
import { NOTICE_PROBLEM_WORDS } from './operatorView.ts';
import { OnboardingProblem } from './searchAttributes.ts';
import type { MessageNoticeInput } from './signals.ts';

type NoticeProblem = keyof typeof NOTICE_PROBLEM_WORDS;

export async function messageNotice({ messageId, durations }: MessageNoticeInput): Promise<void> {
  const database = proxyActivities<Activities>(DATABASE);
  const mails = mailActivities();
  let shown: NoticeProblem | null = null;

  function show(problem: NoticeProblem | null): void {
    if (problem === shown) return;
    shown = problem;
    setCurrentDetails(problem ? `**Problem:** ${problem}. ${NOTICE_PROBLEM_WORDS[problem]}` : '');
    upsertSearchAttributes([{ key: OnboardingProblem, value: problem }]);
  }

  const plan = await database.planMessageNotice.executeWithOptions(
    { summary: 'release the message; a mail of its own, or one with others' },
    [{ messageId }],
  );
  if (plan === 'told-with-another') return;
  if (plan.waitMs > 0)
    await sleep(plan.waitMs, { summary: 'so that one mail tells of what comes meanwhile' });
  const summary = 'a message is waiting';
  const sent = await mailed(
    (within) => mails.sendMessageNotice.executeWithOptions({ ...within, summary }, [{ messageId }]),
    { durations, whenDelayed: async () => show('mail-delayed') },
  );
  if (sent === 'late')
    await database.giveUpMessageNotice.executeWithOptions(
      { summary: 'show the sender that it did not get through' },
      [{ messageId }],
    );
  show(sent === 'undeliverable' || sent === 'late' ? 'mail-undeliverable' : null);
}
