/** An operator who ends an onboarding: by cancelling it, or by moving its deadline. */
import { onboardingOf } from '../../db/onboardings.ts';
import { onboardingWorkflowId } from '../../workflows/signals.ts';
import { lookAgainLater } from './lookAgain.ts';
import type { System } from './system.ts';

const ORDERS = {
  cancelled: ['cancelOnboarding', { by: 'chaos', reason: 'pressed-by-mistake' }],
  expired: ['extendDeadline', { days: -300, by: 'chaos', reason: 'left' }],
} as const;

/** Resolves when it has ended, or at `signal`. */
export async function endOnboarding(
  { db, engine }: System,
  { personId, as, signal }: { personId: string; as: keyof typeof ORDERS; signal: AbortSignal },
): Promise<void> {
  const [order, input] = ORDERS[as];
  let isOrdered = false;
  /** Rejects while the database or Temporal is away. */
  async function hasEnded(): Promise<boolean> {
    const row = (await onboardingOf(db, personId))!;
    if (isOrdered) return row.status === as;
    await engine.workflow.getHandle(onboardingWorkflowId(row.id)).signal(order, input);
    isOrdered = true;
    return false;
  }
  while (!signal.aborted && !(await hasEnded().catch(() => false))) await lookAgainLater();
}
