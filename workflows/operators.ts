/** What operators can do, with signals in the Temporal UI. Each answers in the current details, also when it refuses. */
import { condition, isCancellation, setHandler, uuid4, workflowInfo } from '@temporalio/workflow';
import * as messages from './messages.ts';
import { type Run, sendKey } from './run.ts';

/** An operator can make an invitation live at most this much longer, or sooner end, at a time. */
const MOST_DAYS = 365;

const shift = (days: number) =>
  `${Math.abs(days)} day${Math.abs(days) === 1 ? '' : 's'} ${days < 0 ? 'shorter' : 'longer'}`;

export function listenToOperators(run: Run): void {
  const { journey, database, mails, id } = run;

  function note(words: string): void {
    journey.operatorNote = words.trim();
    journey.show();
  }

  // An operator may leave the input of a signal empty, or send null.
  const reasonOf = (given: messages.Order | undefined) => ({ reason: String(given?.reason ?? '') });

  async function sendInvitation(given?: messages.Order): Promise<void> {
    const { reason } = reasonOf(given);
    await condition(() => journey.begun);
    journey.invitationWanted = true;
    // A mail that is being tried for long is tried anew at once.
    if (journey.wakesSooner && journey.mailDelayed) run.inviting?.cancel();
    note(
      `sendInvitation: the invitation is sent again, at once or when the last one is old enough. ${reason}`,
    );
  }

  async function extendDeadline(given?: messages.Order): Promise<void> {
    const { days } = given ?? {};
    const { reason } = reasonOf(given);
    if (typeof days !== 'number' || !(Math.abs(days) <= MOST_DAYS) || days === 0)
      return note(
        `extendDeadline was refused: give "days", from 1 to ${MOST_DAYS}, or less than 0 for sooner`,
      );
    await condition(() => journey.begun);
    const order = `${workflowInfo().firstExecutionRunId}:${++journey.orders}`;
    const extended = await database.extendDeadline.executeWithOptions(
      { summary: `let the invitation live ${shift(days)}` },
      [{ ...id, days, reason, order }],
    );
    if (extended.until === undefined)
      return note('extendDeadline was refused: this onboarding is not open any more');
    if (extended.deadline) journey.knowsDeadline(extended.deadline);
    else journey.expiresInstead(extended.until);
    note(`extendDeadline: ${shift(days)}. ${reason}`);
  }

  async function cancelOnboarding(given?: messages.Order): Promise<void> {
    const { reason } = reasonOf(given);
    const { status } = await database.cancelOnboarding.executeWithOptions(
      { summary: 'stop this onboarding; what is done is kept' },
      [{ ...id, reason }],
    );
    if (status !== 'cancelled') return note(`cancelOnboarding was refused: it is ${status} already`);
    journey.end('cancelled');
    note(`cancelOnboarding: stopped. ${reason}`);
  }

  async function askFactorReset(given?: messages.Order): Promise<void> {
    const { reason } = reasonOf(given);
    await condition(() => journey.begun);
    if (!journey.facts.smsVerified && !journey.facts.appVerified)
      return note('askFactorReset was refused: there is no second factor yet');
    const summary = 'the link to set up the second factor anew';
    const sent = await run.background
      .run(() =>
        mails.sendFactorReset.executeWithOptions({ summary }, [sendKey(run, `factor-reset:${uuid4()}`)]),
      )
      .catch((error) => {
        if (!isCancellation(error)) throw error;
      });
    if (sent === 'sent')
      note(`askFactorReset: the person got a mail to set up the second factor anew. ${reason}`);
    else if (sent === 'not-open')
      note('askFactorReset: no mail was sent: a newer one was asked for, or the onboarding has ended');
    else note('askFactorReset: the mail could not be sent; ask the sender whether the address is right');
  }

  async function allowMoreCodes(given?: messages.Order): Promise<void> {
    const { reason } = reasonOf(given);
    const progress = await database.allowMoreCodes.executeWithOptions(
      { summary: 'let the person ask for codes again' },
      [{ ...id, reason }],
    );
    journey.hear(progress);
    note(`allowMoreCodes: the person may ask for codes by SMS again. ${reason}`);
  }

  const OPERATOR = (does: string) => ({ description: `OPERATOR: ${does}` });
  setHandler(messages.sendInvitation, sendInvitation, OPERATOR('send the invitation again. {"reason": "…"}'));
  setHandler(
    messages.extendDeadline,
    extendDeadline,
    OPERATOR('live longer, or shorter (less than 0). {"days": 7, "reason": "…"}'),
  );
  setHandler(messages.cancelOnboarding, cancelOnboarding, OPERATOR('stop it; all is kept. {"reason": "…"}'));
  setHandler(
    messages.askFactorReset,
    askFactorReset,
    OPERATOR('mail a link for a new second factor. {"reason": "…"}'),
  );
  setHandler(
    messages.allowMoreCodes,
    allowMoreCodes,
    OPERATOR('the person may have codes by SMS again. {"reason": "…"}'),
  );
}
