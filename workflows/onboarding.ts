/**
 * One person's onboarding: invite → terms → password → second factor → profile → open the account.
 *
 * The workflow holds no personal data. Web writes a fact to the database first and signals how things stand then; only
 * the activities here change a person's status.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { Step } from '../domain/steps.ts';
import { perform } from './actions.ts';
import { listenToOperators } from './operatorSignals.ts';
import { waitWords } from './operatorView.ts';
import { listenToSignals } from './pageSignals.ts';
import { ignoreCancellation, Run } from './run.ts';
import { answerStatus, keepShowing, show } from './showing.ts';
import type { OnboardingInput } from './signals.ts';

export async function onboarding(input: OnboardingInput): Promise<void> {
  const run = new Run(input, perform);
  // The UI lists the signals in this order.
  listenToOperators(run);
  listenToSignals(run);
  try {
    await run.load();
    answerStatus(run);
    // Besides the steps: the invitation, reminders, SMS codes and expiry, each when it is due.
    void keepTime(run).catch(ignoreCancellation);
    void keepShowing(run).catch(ignoreCancellation);
    for (;;) {
      while (run.isOpen && !isTooLong()) {
        await past(run, 'terms');
        await past(run, 'password');
        await past(run, 'sms', 'app');
        await past(run, 'profile');
        if (run.place === 'activate') await openAccount(run);
      }
      if (isTooLong()) break;
      await condition(() => run.isDone || run.isOpen || isTooLong());
      // An invitation requested just as the onboarding ended still reaches this run: the database knows.
      await run.load();
      if (run.isDone) break;
    }
    run.close();
    await condition(() => run.isIdle && allHandlersFinished());
    show(run);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => cancelledInTheUi(run));
    throw error;
  }
  if (run.shouldContinue) await continueAsNew<typeof onboarding>(run.forTheNextRun);
}

/** The history is so long that a new run should continue, starting from the database. */
const isTooLong = () => workflowInfo().continueAsNewSuggested;

/** Waits until the person has passed all of these steps. */
const past = (run: Run, ...steps: Step[]): Promise<void> =>
  condition(() => isTooLong() || !(steps as string[]).includes(run.place));

async function openAccount(run: Run): Promise<void> {
  const { database, onboardingId } = run;
  const summary = 'check every fact, open the account';
  await run.read(() => database.activateAccount.executeWithOptions({ summary }, [{ onboardingId }]));
}

/** Wakes the run when something is due. The timer is replaced only by an earlier one. */
async function keepTime(run: Run): Promise<void> {
  for (;;) {
    await condition(() => run.next !== undefined);
    const { next } = run;
    const isSooner = () => run.next !== undefined && run.next.at < next!.at;
    await condition(isSooner, Math.max(1, next!.at - run.now()), { summary: waitWords(next!) });
    run.startDueActions();
  }
}

/** "Request cancellation" in the Temporal UI does the same as the signal `cancelOnboarding`. */
async function cancelledInTheUi(run: Run): Promise<void> {
  const { database, onboardingId } = run;
  const summary = 'cancel this onboarding; what is done is kept';
  const order = `${workflowInfo().runId}:ui`;
  await run.read(async () => {
    const given = [{ onboardingId, order, by: 'temporal-ui', reason: 'other' }] as const;
    return (await database.cancelOnboarding.executeWithOptions({ summary }, [...given])).snapshot;
  });
  answerStatus(run);
  show(run);
}
