/** What operators can do, with signals in the Temporal UI. Each answers in the current details, also when it refuses. */
import { condition, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Order, OrderAnswer } from '../activities/activation.ts';
import { cleanTyped } from '../domain/typed.ts';
import type { Run } from './run.ts';
import * as signals from './signals.ts';

/** An operator can make an invitation live at most this much longer, or sooner end, at a time. */
const MOST_DAYS = 365;

/** In UTF-16 units: more is no reason. */
const LONGEST_REASON = 500;

const shift = (days: number) =>
  `${Math.abs(days)} day${Math.abs(days) === 1 ? '' : 's'} ${days < 0 ? 'shorter' : 'longer'}`;

/** An operator may leave the input of a signal empty, send null, or anything: what is no text is no reason. */
function reasonIn(given: signals.OrderInput | undefined): string {
  const reason: unknown = given?.reason;
  return typeof reason === 'string' ? cleanTyped(reason.toWellFormed()).slice(0, LONGEST_REASON) : '';
}

export function listenToOperators(run: Run): void {
  const { database, onboardingId } = run;

  function note(words: string): void {
    run.operatorNote = words.trim();
    run.hasChanged = true;
  }

  /** Counted at once, so that the same order has the same name whenever it is told. */
  function orderFrom(name: string, given: signals.OrderInput | undefined): Order {
    const { firstExecutionRunId } = workflowInfo();
    const order = `${firstExecutionRunId}:${++run.orders}:${name}`;
    return { onboardingId, order, reason: reasonIn(given) };
  }

  async function carryOut(activity: () => Promise<OrderAnswer>): Promise<OrderAnswer['outcome']> {
    await condition(() => run.isLoaded);
    let outcome: OrderAnswer['outcome'] = 'not-open';
    await run.read(async () => {
      const answer = await activity();
      outcome = answer.outcome;
      return answer.snapshot;
    });
    return outcome;
  }

  async function sendInvitation(given?: signals.OrderInput): Promise<void> {
    const order = orderFrom('sendInvitation', given);
    const orderedAt = run.now();
    const summary = 'send the invitation again, at once';
    const outcome = await carryOut(() => database.orderInvitation.executeWithOptions({ summary }, [order]));
    if (outcome === 'not-open') return note(`sendInvitation was refused: it is ${run.place} already`);
    run.hurry('sendInvitation', orderedAt);
    note(`sendInvitation: the invitation is sent again at once. ${order.reason}`);
  }

  async function extendDeadline(given?: signals.OrderInput): Promise<void> {
    const { days } = given ?? {};
    const order = orderFrom('extendDeadline', given);
    if (typeof days !== 'number' || !(Math.abs(days) <= MOST_DAYS) || days === 0)
      return note(
        `extendDeadline was refused: give "days", from 1 to ${MOST_DAYS}, or less than 0 for sooner`,
      );
    const summary = `let the invitation live ${shift(days)}`;
    const longer = { ...order, days };
    const outcome = await carryOut(() => database.extendDeadline.executeWithOptions({ summary }, [longer]));
    if (outcome === 'not-open')
      return note('extendDeadline was refused: this onboarding is not open any more');
    note(`extendDeadline: ${shift(days)}. ${order.reason}`);
  }

  async function cancelOnboarding(given?: signals.OrderInput): Promise<void> {
    const order = orderFrom('cancelOnboarding', given);
    const summary = 'stop this onboarding; what is done is kept';
    const outcome = await carryOut(() => database.cancelOnboarding.executeWithOptions({ summary }, [order]));
    if (outcome === 'not-open') return note(`cancelOnboarding was refused: it is ${run.place} already`);
    note(`cancelOnboarding: stopped. ${order.reason}`);
  }

  async function askFactorReset(given?: signals.OrderInput): Promise<void> {
    const order = orderFrom('askFactorReset', given);
    await condition(() => run.isLoaded);
    const { smsVerified, appVerified } = run.snapshot.facts;
    if (smsVerified === undefined && appVerified === undefined)
      return note('askFactorReset was refused: there is no second factor yet');
    const summary = 'mail a link for a new second factor';
    const outcome = await carryOut(() => database.orderFactorReset.executeWithOptions({ summary }, [order]));
    if (outcome === 'not-open') return note(`askFactorReset was refused: it is ${run.place} already`);
    note(`askFactorReset: the person gets a mail to set up the second factor again. ${order.reason}`);
  }

  async function allowMoreCodes(given?: signals.OrderInput): Promise<void> {
    const order = orderFrom('allowMoreCodes', given);
    const summary = 'let the person ask for codes again';
    const outcome = await carryOut(() => database.allowMoreCodes.executeWithOptions({ summary }, [order]));
    if (outcome === 'not-open')
      return note('allowMoreCodes was refused: this onboarding is not open any more');
    note(`allowMoreCodes: the person may ask for codes by SMS again. ${order.reason}`);
  }

  function retryNow(given?: signals.OrderInput): void {
    const { failing } = run.faults;
    note(
      failing
        ? `retryNow: ${failing} is tried at once. ${reasonIn(given)}`
        : 'retryNow was refused: nothing fails',
    );
    run.faults.retryNow();
  }

  const OPERATOR = (does: string) => ({ description: `OPERATOR: ${does}` });
  setHandler(signals.sendInvitation, sendInvitation, OPERATOR('send the invitation again. {"reason": "…"}'));
  setHandler(
    signals.extendDeadline,
    extendDeadline,
    OPERATOR('live longer, or shorter (less than 0). {"days": 7, "reason": "…"}'),
  );
  setHandler(signals.cancelOnboarding, cancelOnboarding, OPERATOR('stop it; all is kept. {"reason": "…"}'));
  setHandler(
    signals.askFactorReset,
    askFactorReset,
    OPERATOR('mail a link for a new second factor. {"reason": "…"}'),
  );
  setHandler(
    signals.allowMoreCodes,
    allowMoreCodes,
    OPERATOR('the person may have codes by SMS again. {"reason": "…"}'),
  );
  setHandler(signals.retryNow, retryNow, OPERATOR('try at once what fails. {"reason": "…"}'));
}
