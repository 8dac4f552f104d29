/**
 * A person stopped half-way, and perhaps an operator ended the onboarding. The sender invites again, and the mail must
 * come.
 */
import { lookAgainLater } from './lookAgain.ts';
import { endOnboarding } from './operator.ts';
import { type Asking, inviteAgain } from './recipientCalls.ts';
import type { SimulatedUser } from './simulatedUser.ts';
import type { System } from './system.ts';

/** The state when the sender asked. */
const ENDED = {
  'invited-again': undefined,
  'invited-when-expired': 'expired',
  'invited-when-cancelled': 'cancelled',
} as const;

export type Again = keyof typeof ENDED;

/** Resolves when the mail arrived. */
export async function inviteWhoStopped(
  system: System,
  {
    asking,
    again,
    user: { inbox, account },
    times,
  }: { asking: Asking; again: Again; user: SimulatedUser; times: number },
): Promise<void> {
  const { signal } = asking;
  const as = ENDED[again];
  if (as) await endOnboarding(system, { personId: account.personId, as, signal });
  const before = inbox.invitations();
  await inviteAgain({ ...asking, times });
  while (inbox.invitations() === before && !signal.aborted) await lookAgainLater();
}
