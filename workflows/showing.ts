/** Shows operators the state of a run: current details, search attributes and the query `status`. */
import { condition, setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { expiresAt, plannedActions, remindersAreExhausted } from '../domain/dueActions.ts';
import { factsOf } from '../domain/facts.ts';
import { problemOf } from '../domain/snapshot.ts';
import { steps } from '../domain/steps.ts';
import { details } from './operatorView.ts';
import type { Run } from './run.ts';
import {
  OnboardingExpires,
  OnboardingProblem,
  OnboardingSince,
  OnboardingStep,
  OnboardingVersion,
  RemindersSent,
} from './searchAttributes.ts';
import { type Status, status } from './signals.ts';

/** Not before the run is loaded: the answer would be incomplete. */
export function answerStatus(run: Run): void {
  setHandler(status, () => statusOf(run), { description: 'Where this person stands' });
}

/** Once for everything that happens at the same moment, because each change of search attributes is an event. */
export async function keepShowing(run: Run): Promise<void> {
  for (;;) {
    await condition(() => run.hasChanged);
    show(run);
  }
}

function statusOf(run: Run): Status {
  const { snapshot, place, durations, faults } = run;
  const { version, stepSince, invitationsSent, remindersSent } = snapshot;
  const facts = factsOf(snapshot.facts);
  const reminder = plannedActions(snapshot, run.now(), durations).find(({ kind }) => kind === 'sendReminder');
  return {
    step: place,
    open: run.isOpen ? steps(facts).open : [],
    since: new Date(stepSince).toISOString(),
    facts,
    version,
    problem: faults.failing
      ? 'internal-error'
      : problemOf(snapshot, remindersAreExhausted(snapshot, durations)),
    invitationsSent,
    remindersSent,
    nextReminderAt: reminder ? new Date(reminder.at).toISOString() : null,
  };
}

export function show(run: Run): void {
  run.hasChanged = false;
  if (run.isErased) return;
  const { snapshot, onboardingId, operatorNote } = run;
  const now = statusOf(run);
  const expires = new Date(expiresAt(snapshot, run.durations));
  const { clientId, helpReason, facts: factTimes } = snapshot;
  const ids = { onboardingId, clientId };
  setCurrentDetails(
    details(now, {
      ...ids,
      helpReason,
      expiresAt: expires.toISOString(),
      factTimes,
      operatorNote,
      failing: run.faults.failing,
    }),
  );
  const attributes = [
    { key: OnboardingStep, value: now.step },
    { key: OnboardingSince, value: new Date(snapshot.stepSince) },
    { key: OnboardingExpires, value: run.isOpen ? expires : null },
    { key: OnboardingProblem, value: now.problem },
    { key: RemindersSent, value: now.remindersSent },
    { key: OnboardingVersion, value: now.version },
  ];
  const shown = JSON.stringify(attributes.map(({ value }) => value));
  if (shown === run.shown) return;
  run.shown = shown;
  upsertSearchAttributes(attributes);
}
