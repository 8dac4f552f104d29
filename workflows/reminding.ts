/** Reminders, and the end. A timer looks when it fires; it is made anew only when the next moment comes sooner. */
import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import { mailed } from './mailing.ts';
import { isStale } from './resets.ts';
import { finishingTheTry, ignoreCancellation, type Run, sendKey, showMailDelayed } from './run.ts';

/** Returns when the onboarding has ended. */
export async function keepReminding(run: Run): Promise<void> {
  const { journey } = run;
  while (!journey.ended) {
    if (isStale(run)) await condition(() => !isStale(run));
    const due = journey.nextAt;
    const isReminder = journey.reminderAt !== undefined;
    if (due > Date.now())
      await waitUntil(run, due, {
        summary: isReminder
          ? `reminder ${journey.rung + 1}, unless there is progress`
          : 'the invitation expires',
      });
    else await act(run, isReminder ? remind : expire);
  }
}

async function act(run: Run, work: (run: Run) => Promise<void>): Promise<void> {
  const { resets } = run;
  run.reminding = true;
  try {
    await work(run);
  } finally {
    run.reminding = false;
    run.stale ||= run.resets > resets;
  }
}

async function waitUntil({ journey }: Run, due: number, said: { summary: string }): Promise<void> {
  const wait = due - Date.now();
  // Progress moves the moment, mostly away: then the timer fires, and we look again.
  if (journey.wakesSooner)
    await condition(() => journey.nextAt < due || journey.ended !== undefined, wait, said);
  else await sleep(wait, said);
}

async function remind(run: Run): Promise<void> {
  const { journey, mails, durations } = run;
  if (journey.wakesSooner) journey.skipMissedReminders();
  const { rung, ladderFrom, lastReminderIsNext: last, lifeOfReminder: life } = journey;
  // Of a mail that did not leave yet there is nothing to remind.
  if (journey.wakesSooner && run.inviting) {
    journey.rung += 1;
    return journey.show();
  }
  const mail = sendKey(run, `reminder:${journey.remindersSent + 1}:${journey.version}:${rung}`);
  const sent = await unlessTheEndComesSooner(run, () =>
    mailed(
      (within) =>
        mails.sendReminder.executeWithOptions(
          { ...within, ...finishingTheTry(run), summary: `reminder ${rung + 1}, naming the step` },
          [{ ...mail, last, rung: rung + 1 }],
        ),
      { durations, life, whenDelayed: () => showMailDelayed(run) },
    ),
  );
  if (sent) journey.reminderWas(sent, { rung, ladderFrom });
  journey.show();
}

/**
 * A mail is tried for hours or days, and an operator may have the end come sooner meanwhile: then it is broken off, and
 * the loop looks anew what is due.
 */
async function unlessTheEndComesSooner<T>({ journey }: Run, work: () => Promise<T>): Promise<T | undefined> {
  const { expiresAt } = journey;
  const [working, watching] = [new CancellationScope(), new CancellationScope()];
  const sooner = watching
    .run(() => condition(() => journey.wakesSooner && journey.expiresAt < expiresAt))
    .then(() => working.cancel(), ignoreCancellation);
  try {
    return await working.run(work);
  } catch (error) {
    if (!isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
    return undefined;
  } finally {
    watching.cancel();
    await sooner;
  }
}

/** The database decides; when it says "too early", it says until when. */
async function expire({ journey, database, id }: Run): Promise<void> {
  const answer = await database.expireOnboarding.executeWithOptions(
    { summary: 'expire it, if its time is over by the clock of the database' },
    [id],
  );
  if (answer.status === 'open') {
    if (answer.deadline) journey.knowsDeadline(answer.deadline);
    // Of before 2026-11-25, or EXPIRE_AFTER is longer now than when this run began.
    if (journey.expiresAt <= Date.now() || !answer.deadline)
      journey.expiresInstead(Date.now() + answer.waitMs);
    if (journey.wakesSooner) journey.show();
  } else journey.end(answer.status === 'completed' ? 'done' : answer.status);
}
