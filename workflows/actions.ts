/** Carries out the due actions of an onboarding. Each ends by reading back the snapshot from the database. */
import type { Action } from '../domain/dueActions.ts';
import type { ReadSnapshot } from '../domain/snapshot.ts';
import type { Run } from './run.ts';
import { untilTooLate } from './untilTooLate.ts';

type Activity = () => Promise<ReadSnapshot | undefined>;

export function perform(run: Run, action: Action): Promise<void> {
  switch (action.kind) {
    case 'sendInvitation':
      return sendInvitation(run, action);
    case 'sendReminder':
      return sendReminder(run, action);
    case 'sendSms':
      return sendSms(run, action);
    case 'sendFactorReset':
      return sendFactorReset(run, action);
    case 'sendOpenedMail':
      return sendOpenedMail(run, action);
    case 'expire':
      return expire(run);
    case 'reopen':
      return run.load();
  }
}

type Of<Kind extends Action['kind']> = Action & { kind: Kind };

const send = (run: Run, activity: Activity, giveUp?: Activity): Promise<void> =>
  untilTooLate(
    () => run.read(activity),
    () => giveUp && run.read(giveUp),
  );

/** How long to try a mail that is useful for that long, in milliseconds. */
const mailTries = ({ durations }: Run) => durations.mailDelayedAfter + durations.mailRetryFor;

function sendInvitation(run: Run, { key }: Of<'sendInvitation'>): Promise<void> {
  const { onboardingId, mails, database, snapshot } = run;
  const summary = `invitation ${snapshot.invitationsSent + 1}, with the link`;
  const gaveUp = 'the invitation does not get through: tell the senders';
  return send(
    run,
    () =>
      mails.sendInvitation.executeWithOptions({ scheduleToCloseTimeout: mailTries(run), summary }, [
        { onboardingId, key },
      ]),
    () => database.giveUpInvitation.executeWithOptions({ summary: gaveUp }, [{ onboardingId, key }]),
  );
}

function sendReminder(run: Run, { key, reminder, isLast, until }: Of<'sendReminder'>): Promise<void> {
  const options = {
    scheduleToCloseTimeout: until - run.now(),
    summary: `reminder ${reminder}, naming the step`,
  };
  const { onboardingId, mails } = run;
  return send(run, () =>
    mails.sendReminder.executeWithOptions(options, [{ onboardingId, key, reminder, isLast }]),
  );
}

function sendSms(run: Run, { smsCodeId }: Of<'sendSms'>): Promise<void> {
  const { texts, database } = run;
  const code = { onboardingId: run.onboardingId, smsCodeId };
  return send(
    run,
    () => texts.sendVerificationCode.executeWithOptions({ summary: 'send the code by SMS' }, [code]),
    () =>
      database.giveUpVerificationCode.executeWithOptions({ summary: 'the SMS could not be sent' }, [code]),
  );
}

/** Ordered by an operator, who is shown the outcome. */
function sendFactorReset(run: Run, { key }: Of<'sendFactorReset'>): Promise<void> {
  const { onboardingId, mails } = run;
  const summary = 'the link to set up the second factor again';
  return send(run, async () => {
    const { outcome, snapshot } = await mails.sendFactorReset.executeWithOptions({ summary }, [
      { onboardingId, key },
    ]);
    if (outcome === 'undeliverable')
      run.operatorNote =
        'askFactorReset: the mail could not be sent; ask the sender whether the address is right';
    return snapshot;
  });
}

function sendOpenedMail(run: Run, { key }: Of<'sendOpenedMail'>): Promise<void> {
  const { onboardingId, mails, database } = run;
  const summary = 'the account is open: to somebody who may have closed the page';
  const gaveUp = 'that mail does not get through: tell the senders';
  return send(
    run,
    () =>
      mails.sendAccountOpened.executeWithOptions({ scheduleToCloseTimeout: mailTries(run), summary }, [
        { onboardingId, key },
      ]),
    () => database.giveUpAccountOpened.executeWithOptions({ summary: gaveUp }, [{ onboardingId }]),
  );
}

/** The database decides, by its clock and the current EXPIRE_AFTER, which counts from now on. */
async function expire(run: Run): Promise<void> {
  const { onboardingId, database } = run;
  const summary = 'expire it, if its time is over by the clock of the database';
  await run.read(async () => {
    const answer = await database.expireOnboarding.executeWithOptions({ summary }, [{ onboardingId }]);
    run.durations.expireAfter = answer.expireAfter;
    return answer.snapshot;
  });
}
