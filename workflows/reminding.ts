/** Reminders, and the end. A timer looks when it fires; it is made anew only when the next moment comes sooner. */
import { condition, sleep } from '@temporalio/workflow';
import { left, mailed } from './mailing.ts';
import { finishingTheTry, type Run, sendKey, showMailDelayed } from './run.ts';

/** Returns when the onboarding has ended. */
export async function keepReminding(run: Run): Promise<void> {
  const { journey } = run;
  while (!journey.ended) {
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
  run.reminding = true;
  try {
    await work(run);
  } finally {
    run.reminding = false;
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
  const { rung, ladderFrom, lastReminderIsNext: last } = journey;
  // Of a mail that did not leave yet there is nothing to remind.
  if (journey.wakesSooner && run.inviting) {
    journey.rung += 1;
    return journey.show();
  }
  const mail = sendKey(run, `reminder:${journey.remindersSent + 1}:${journey.version}:${rung}`);
  const sent = await mailed(
    (within) =>
      mails.sendReminder.executeWithOptions(
        { ...within, ...finishingTheTry(run), summary: `reminder ${rung + 1}, naming the step` },
        [{ ...mail, last, rung: rung + 1 }],
      ),
    { durations, life: journey.lifeOfReminder, whenDelayed: () => showMailDelayed(run) },
  );
  // Progress meanwhile began the ladder anew.
  if (journey.ladderFrom === ladderFrom) journey.rung = rung + 1;
  if (left(sent)) journey.remindersSent += 1;
  journey.mailWas(sent);
  journey.show();
}

/** The database decides; when it says "too early", it says until when. */
async function expire({ journey, database, id }: Run): Promise<void> {
  const answer = await database.expireOnboarding.executeWithOptions(
    { summary: 'expire it, if its time is over by the clock of the database' },
    [id],
  );
  if (answer.status === 'open') {
    if (answer.deadline) journey.knowsDeadline(answer.deadline);
    else journey.expiresInstead(Date.now() + answer.waitMs);
    if (journey.wakesSooner) journey.show();
  } else journey.end(answer.status === 'completed' ? 'done' : answer.status);
}
