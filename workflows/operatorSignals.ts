/** What operators can do with signals in the Temporal UI. Each answers in the current details, even when it refuses. */
import { condition, type SignalDefinition, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Order, OrderAnswer } from '../activities/activation.ts';
import { inWords, type OrderDetails, readOrder } from '../domain/orders.ts';
import { minute } from './operatorView.ts';
import type { Run } from './run.ts';
import * as signals from './signals.ts';

type Answer = { done: string } | { refused: string };

const shift = (days: number) =>
  `${Math.abs(days)} day${Math.abs(days) === 1 ? '' : 's'} ${days < 0 ? 'earlier' : 'later'}`;

export function listenToOperators(run: Run): void {
  const { database, onboardingId } = run;

  function answer(name: string, given: OrderDetails | { refused: string }, said: Answer): void {
    const who = 'by' in given ? ` ${inWords(given)}` : '';
    const what = 'done' in said ? `: ${said.done}` : ` was refused: ${said.refused}`;
    run.operatorNote = `${minute(new Date(run.now()).toISOString())}${who}, ${name}${what}`;
    run.hasChanged = true;
  }

  /** Numbered on arrival, so that an order keeps its name when it is delivered again. */
  const nextOrder = (name: string) => `${workflowInfo().firstExecutionRunId}:${++run.orders}:${name}`;

  /** `does` is shown in the signal list of the Temporal UI. */
  function on<Needed extends 'days' = never>(
    signal: SignalDefinition<[signals.OrderInput?]>,
    does: string,
    carryOut: (order: Order & { [Field in Needed]: number }) => Promise<Answer>,
    needs: readonly Needed[] = [],
  ): void {
    const { name } = signal;
    const input = `{"by": "…", "reason": "…"${needs.map((field) => `, "${field}": 7`).join('')}}`;
    const handle = async (typed?: unknown) => {
      const order = nextOrder(name);
      const given = readOrder(typed, needs);
      answer(name, given, 'refused' in given ? given : await carryOut({ onboardingId, order, ...given }));
    };
    setHandler(signal, handle, { description: `OPERATOR: ${does}. ${input}` });
  }

  async function write(activity: () => Promise<OrderAnswer>, done: string): Promise<Answer> {
    let outcome: OrderAnswer['outcome'] | undefined;
    await condition(() => run.isLoaded);
    await run.read(async () => {
      const answered = await activity();
      outcome = answered.outcome;
      return answered.snapshot;
    });
    if (outcome === 'done') return { done };
    return {
      refused: outcome === 'no-factor' ? 'there is no second factor yet' : `it is already ${run.place}`,
    };
  }

  on(signals.sendInvitation, 'send the invitation again', async (order) => {
    const orderedAt = run.now();
    const summary = 'send the invitation again, at once';
    const said = await write(
      () => database.orderInvitation.executeWithOptions({ summary }, [order]),
      'the invitation is sent again at once',
    );
    if ('done' in said) run.retryAtOnce('sendInvitation', orderedAt);
    return said;
  });

  on(
    signals.extendDeadline,
    'move the deadline (days; negative: earlier)',
    (order) => {
      const by = shift(order.days);
      const summary = `move the deadline: ${by}`;
      return write(() => database.extendDeadline.executeWithOptions({ summary }, [order]), by);
    },
    ['days'],
  );

  on(signals.allowMoreCodes, 'allow the person more codes by SMS', (order) => {
    const summary = 'allow the person more codes by SMS';
    return write(
      () => database.allowMoreCodes.executeWithOptions({ summary }, [order]),
      'the person may ask for codes by SMS again',
    );
  });

  on(signals.acknowledge, 'somebody is dealing with the problem', (order) => {
    const summary = 'somebody is dealing with the problem';
    return write(
      () => database.acknowledge.executeWithOptions({ summary }, [order]),
      'somebody is dealing with it',
    );
  });

  on(signals.askFactorReset, 'mail a link for a new second factor', (order) => {
    const summary = 'mail a link for a new second factor';
    return write(
      () => database.orderFactorReset.executeWithOptions({ summary }, [order]),
      'the person gets a mail to set up the second factor again',
    );
  });

  on(signals.retryNow, 'retry what fails, at once', async () => {
    const { failing } = run.faults;
    run.faults.retryNow();
    return failing ? { done: `${failing} is retried at once` } : { refused: 'nothing is failing' };
  });

  on(signals.cancelOnboarding, 'cancel it; everything is kept', (order) => {
    const summary = 'cancel this onboarding; what is done is kept';
    return write(() => database.cancelOnboarding.executeWithOptions({ summary }, [order]), 'cancelled');
  });
}
