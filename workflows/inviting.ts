/** Sends the invitation whenever it is asked for, at most one in a while. */
import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import { left, type Mailed, mailed } from './mailing.ts';
import { isStale } from './resets.ts';
import { finishingTheTry, type Run, reportUndeliverable, sendKey, showMailDelayed } from './run.ts';

/** Runs until it is cancelled. */
export async function keepInviting(run: Run): Promise<void> {
  const { journey, durations } = run;
  for (;;) {
    await condition(() => journey.invitationWanted && !isStale(run));
    journey.invitationWanted = false;
    journey.inAHurry = false;
    const { resets } = run;
    const sent = await invite(run);
    if (left(sent)) {
      journey.invitationsSent += 1;
      if (journey.wakesSooner && laddersAnew(run)) journey.ladderAnew();
    }
    journey.mailWas(sent === 'late' ? 'undeliverable' : sent);
    // It may count already: what the database says is right.
    run.stale ||= run.resets > resets;
    journey.show();
    // What was not sent holds up no other try; before 2026-11-23 it did.
    if (left(sent) || !journey.wakesSooner)
      await condition(() => journey.inAHurry, durations.inviteEvery, {
        summary: 'at most one invitation in this time',
      });
  }
}

/** Who got the last reminder, or waited for a mail that was delayed, is reminded anew after this invitation. */
const laddersAnew = ({ journey }: Run) => journey.remindersExhausted || journey.mailDelayed;

/** `gone-on` also when the sending was broken off, because another invitation takes its place. */
async function invite(run: Run): Promise<Mailed> {
  const { journey, mails, durations } = run;
  const place = journey.invitationsSent + 1;
  const key = sendKey(run, `invitation:${place}:${journey.version}`);
  const around = CancellationScope.current();
  const scope = new CancellationScope();
  run.inviting = scope;
  try {
    const sent = await scope.run(() =>
      mailed(
        (within) =>
          mails.sendInvitation.executeWithOptions(
            {
              ...within,
              ...finishingTheTry(run),
              summary: `invitation ${place}, with the link`,
            },
            [{ ...key, ladderAnew: laddersAnew(run) }],
          ),
        { durations, whenDelayed: () => showMailDelayed(run) },
      ),
    );
    if (sent === 'late') await reportUndeliverable(run);
    return sent;
  } catch (error) {
    if (!isCancellation(error) || around.consideredCancelled) throw error;
    return 'gone-on';
  } finally {
    run.inviting = undefined;
  }
}
