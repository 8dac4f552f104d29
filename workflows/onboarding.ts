/**
 * One person's onboarding: invite → terms → password → second factor → profile → activate.
 *
 * The workflow holds no personal data, only which facts are true. Web writes a fact to the database first and signals
 * it after; only the activities here change a person's status.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Beginning } from '../activities/activation.ts';
import type { Step } from '../domain/steps.ts';
import { keepInviting } from './inviting.ts';
import type { Journey } from './journey.ts';
import { mailed } from './mailing.ts';
import type { OnboardingInput } from './messages.ts';
import * as messages from './messages.ts';
import { listenToOperators } from './operators.ts';
import { listenToPeople } from './people.ts';
import { keepReminding } from './reminding.ts';
import { isStale } from './resets.ts';
import { ignoreCancellation, newRun, type Run, reportUndeliverable, sendKey } from './run.ts';

export async function onboarding(input: OnboardingInput): Promise<void> {
  const run = newRun(input);
  const { journey } = run;
  journey.wakesSooner = patched('wakes-sooner-and-shows-expiry');
  // The UI offers the signals in this order: those that an operator may send come first.
  listenToOperators(run);
  listenToPeople(run);
  try {
    const begun = await load(run);
    if (begun.status === 'completed' || journey.wakesSooner) endAs(journey, begun.status);
    do {
      if (!journey.ended) await live(run);
      if (!journey.ended) await continueAsNew<typeof onboarding>({ ...input, ...journey.forTheNextRun });
      journey.show();
    } while (await askedForAgain(run));
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => cancelledInTheUi(run));
    throw error;
  }
}

/** Until it ends, or its run is too long. */
async function live(run: Run): Promise<void> {
  run.journey.show();
  run.background = new CancellationScope();
  const aside = run.background
    .run(() => Promise.all([keepInviting(run), keepReminding(run), keepCurrent(run)]))
    .catch(ignoreCancellation);
  await untilTheEnd(run);
  run.background.cancel();
  await aside;
  await condition(allHandlersFinished);
}

/**
 * After a reset the database knows what came after that place. Orders of operators that the engine tells again were
 * carried out then, and are not again. Runs until it is cancelled.
 */
async function keepCurrent(run: Run): Promise<void> {
  for (;;) {
    await condition(() => isStale(run));
    endAs(run.journey, (await load(run)).status);
    run.stale = false;
    run.journey.show();
  }
}

const begin = ({ database, id }: Run) =>
  database.beginOnboarding.executeWithOptions({ summary: 'load the facts as they stand' }, [id]);

/** From here on the run can say how things stand: before, it would say less than is true. */
async function load(run: Run): Promise<Beginning> {
  const { journey } = run;
  const begun = await begin(run);
  journey.resume(begun);
  setHandler(messages.status, () => journey.status(), { description: 'Where this person stands' });
  return begun;
}

/**
 * The history grew too long for one run: another one goes on, from the facts. Not while something is being sent, or was
 * asked for: of that the facts do not tell everything. A mail that waits for the mail server for days is no reason,
 * because the engine takes only so many signals in one run: the next run tries it again.
 */
const tooLong = ({ journey, inviting, reminding }: Run) => {
  const sending = journey.invitationWanted || inviting !== undefined || reminding;
  return workflowInfo().continueAsNewSuggested && allHandlersFinished() && (!sending || journey.mailDelayed);
};

/** Opens the account once every step is done; returns when this onboarding has ended, or its run is too long. */
async function untilTheEnd(run: Run): Promise<void> {
  const { journey } = run;
  const past = (...awaited: Step[]) =>
    condition(() => journey.ended !== undefined || !awaited.includes(journey.step as Step) || tooLong(run));

  while (!journey.ended && !tooLong(run)) {
    await past('terms');
    await past('password');
    await past('sms', 'app');
    await past('profile');
    if (isStale(run)) await condition(() => !isStale(run));
    if (journey.step === 'activate') await activate(run);
  }
}

async function activate(run: Run): Promise<void> {
  const { journey, database, mails, durations, id } = run;
  const checks = { summary: 'check every fact, open the account' };
  const activation = await database.activateAccount.executeWithOptions(checks, [id]);
  if (activation.opened) {
    journey.end('done');
    journey.show();
    const summary = 'the account is open: to somebody who may have closed the page';
    if (!activation.late) return;
    const sent = await mailed(
      (within) =>
        mails.sendAccountOpened.executeWithOptions({ ...within, summary }, [sendKey(run, 'opened')]),
      { durations, whenDelayed: async () => undefined },
    );
    if (sent === 'undeliverable' || sent === 'late') await reportUndeliverable(run);
  } else {
    journey.hear(activation.progress);
    journey.show();
    await condition(() => journey.ended !== undefined || journey.step !== 'activate', durations.inviteEvery, {
      summary: 'try again to open the account',
    });
  }
}

/**
 * Who asks for the invitation in the very moment of an end reaches this run, which is about to stop: it goes on then.
 * The database knows, also of an ask whose signal is still to come.
 */
async function askedForAgain(run: Run): Promise<boolean> {
  const { journey } = run;
  while (journey.ended !== 'done') {
    const heard = journey.version;
    const begun = await begin(run);
    if (begun.status === 'open') {
      journey.invitationWanted = journey.version >= begun.version;
      journey.reopen();
      journey.resume(begun);
      return true;
    }
    if (journey.version === heard) return false;
  }
  return false;
}

/** What the database calls the end; nothing when it is open. */
function endAs(journey: Journey, status: Beginning['status']): void {
  if (status !== 'open') journey.end(status === 'completed' ? 'done' : status);
}

/** "Request cancellation" in the Temporal UI does what the signal `cancelOnboarding` does. */
async function cancelledInTheUi(run: Run): Promise<void> {
  const { journey, database, id } = run;
  const { status } = await database.cancelOnboarding.executeWithOptions(
    { summary: 'stop this onboarding; what is done is kept' },
    [{ ...id, reason: 'cancelled in the Temporal UI' }],
  );
  if (journey.wakesSooner && !journey.begun) await load(run);
  endAs(journey, status);
  journey.show();
}
