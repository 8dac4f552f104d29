/** An activity that cannot succeed is shown to operators and retried until somebody has fixed the cause. */
import {
  ActivityFailure,
  ApplicationFailure,
  condition,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { FAULT, type FaultDetails } from '../domain/faults.ts';
import { faultWords } from './operatorView.ts';
import { OnboardingProblem } from './searchAttributes.ts';
import { retryNow } from './signals.ts';

type Fault = FaultDetails & { activity: string };

export class Faults {
  /** The activities that are failing now. */
  readonly #failing = new Map<symbol, string>();
  readonly #changed: () => void;
  #orders = 0;

  /** `changed` is called when another activity fails, or one works again. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** The failing activity; of several, the one that failed first. */
  get failing(): string | undefined {
    return this.#failing.values().next().value;
  }

  /** Repeats `activity` while it reports a fault; every other failure is thrown. */
  async untilItWorks<T>(activity: () => Promise<T>): Promise<T> {
    const mine = Symbol();
    try {
      for (;;) {
        const tried = await activity().then((result) => ({ result }), faultOrThrow);
        if ('result' in tried) return tried.result;
        this.#failing.set(mine, tried.activity);
        this.#changed();
        const orders = this.#orders;
        const summary = `${tried.activity} is tried again`;
        await condition(() => this.#orders > orders, tried.retryAfterMs, { summary });
      }
    } finally {
      if (this.#failing.delete(mine)) this.#changed();
    }
  }

  /** Retries the failing activities at once. */
  retryNow(): void {
    this.#orders++;
  }
}

/** For a short workflow. `showRest`: shows the usual details once nothing fails any more. */
export function createShownFaults(showRest = () => showFault(undefined)): Faults {
  const faults = new Faults(() => (faults.failing ? showFault(faults.failing) : showRest()));
  const description = 'OPERATOR: retry what fails, at once. {"by": "…", "reason": "…"}';
  setHandler(retryNow, () => faults.retryNow(), { description });
  return faults;
}

/** `activity`: the one that fails; undefined when none does any more. */
export function showFault(activity: string | undefined): void {
  setCurrentDetails(activity ? faultWords(activity) : '');
  upsertSearchAttributes([{ key: OnboardingProblem, value: activity ? 'internal-error' : null }]);
}

function faultOrThrow(error: unknown): Fault {
  if (!(error instanceof ActivityFailure)) throw error;
  const { activityType, cause } = error;
  if (!(cause instanceof ApplicationFailure) || cause.type !== FAULT) throw error;
  const [{ retryAfterMs }] = cause.details as [FaultDetails];
  return { activity: activityType, retryAfterMs };
}
