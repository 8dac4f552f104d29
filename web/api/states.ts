/** The status of a person or message as senders see it. */
import type { z } from 'zod';
import type { Message } from '../../db/messages.ts';
import { factsOf, type Onboarding } from '../../db/onboardings.ts';
import { profile } from '../../db/profiles.ts';
import { hasBegun } from '../../domain/facts.ts';
import { steps } from '../../domain/steps.ts';
import type { Web } from '../context.ts';
import type { MessageState, OnboardingBrief, Recipient } from './schemas.ts';

function statusOf(row: Onboarding): z.infer<typeof OnboardingBrief>['status'] {
  if (row.status !== 'open') return row.status;
  return hasBegun(factsOf(row)) ? 'in_progress' : 'invited';
}

export const brief = (row: Onboarding): z.infer<typeof OnboardingBrief> => ({
  status: statusOf(row),
  step: row.status === 'completed' ? null : steps(factsOf(row)).current,
});

function problemOf(row: Onboarding): z.infer<typeof Recipient>['onboarding']['problem'] {
  if (row.status === 'completed') return undefined;
  if (row.notMeAt) return 'not-me';
  if (row.helpAskedAt) return 'help-asked';
  if (row.mailRefusedAt) return 'mail-undeliverable';
  if (row.mailDelayedAt) return 'mail-delayed';
  return row.codesRefusedAt ? 'too-many-codes' : undefined;
}

export async function recipientState({ db }: Web, row: Onboarding): Promise<z.infer<typeof Recipient>> {
  const problem = problemOf(row);
  return {
    id: row.personId,
    onboarding: {
      ...brief(row),
      since: row.stepSince.toISOString(),
      invitationsSent: row.invitationsSent,
      remindersSent: row.remindersSent,
      problem,
      helpReason: problem === 'help-asked' ? (row.helpReason ?? undefined) : undefined,
    },
    profile: row.status === 'completed' ? await profile(db, row.personId) : undefined,
  };
}

function statusOfMessage(
  { readAt, releasedAt, undeliverableAt }: Message,
  row: Onboarding | undefined,
): z.infer<typeof MessageState>['status'] {
  if (readAt) return 'read';
  if (releasedAt) return undeliverableAt ? 'undeliverable' : 'notified';
  if (row?.status === 'expired') return 'expired';
  // Once the account is open, only a mail about this very message counts.
  return row?.mailRefusedAt && row.status !== 'completed' ? 'undeliverable' : 'held';
}

export function messageState(message: Message, row: Onboarding | undefined): z.infer<typeof MessageState> {
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return {
    id: message.id,
    reference: message.reference ?? null,
    status: statusOfMessage(message, row),
    acceptedAt: message.createdAt.toISOString(),
    releasedAt: iso(message.releasedAt),
    readAt: iso(message.readAt),
  };
}
