/**
 * What one run knows of its person, and shows: the facts it heard, when there was progress, what went wrong. No waiting
 * and no side effects in here; those are in onboarding.ts.
 */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { Durations, Problem, Progress, Status } from './messages.ts';
import { details } from './operatorView.ts';
import { reminderDueAt } from './schedule.ts';
import { OnboardingProblem, OnboardingSince, OnboardingStep, RemindersSent } from './searchAttributes.ts';
import { NO_FACTS, steps } from './steps.ts';

export type Ending = 'done' | 'expired' | 'cancelled';

/** Anything can be typed into the Temporal UI; what is not of the pages' form must not stop the workflow. */
const isProgress = (progress: Progress | null | undefined): boolean =>
  typeof progress?.version === 'number' && typeof progress.facts?.termsAccepted === 'boolean';

export class Journey {
  facts = NO_FACTS;
  version = -1;
  invitationsSent = 0;
  remindersSent = 0;
  mailRefused = false;
  smsRefused = false;
  /** Where the reminders stand since the last progress. */
  rung = 0;
  /** What an operator did last, or why it was refused. */
  operatorNote = '';
  ended: Ending | undefined;
  #since = Date.now();
  #progressedAt = Date.now();
  #wantedAt = Date.now();
  #extendedUntil = 0;
  #shown = '';
  readonly #seen = new Set<number>();
  readonly #durations: Durations;

  constructor(durations: Durations) {
    this.#durations = durations;
  }

  get step(): Status['step'] {
    return this.ended ?? steps(this.facts).current;
  }

  get expiresAt(): number {
    const { expireAfter } = this.#durations;
    return Math.max(this.#progressedAt + expireAfter, this.#wantedAt + expireAfter, this.#extendedUntil);
  }

  /** When the next reminder is due; undefined when none is. */
  get reminderAt(): number | undefined {
    const { remindAfter, timeZone, remindFromHour: fromHour, remindUntilHour: untilHour } = this.#durations;
    if (this.facts.notMe || this.ended) return undefined;
    const stands = { progressedAt: this.#progressedAt, sent: this.rung };
    return reminderDueAt(stands, { remindAfter, timeZone, fromHour, untilHour });
  }

  get lastReminderIsNext(): boolean {
    return this.rung === this.#durations.remindAfter.length - 1;
  }

  get problem(): Problem | null {
    if (this.ended === 'done') return null;
    if (this.facts.notMe) return 'not-me';
    if (this.facts.helpAsked) return 'help-asked';
    if (this.mailRefused) return 'mail-undeliverable';
    if (this.smsRefused) return 'sms-undeliverable';
    return this.rung >= this.#durations.remindAfter.length ? 'reminders-exhausted' : null;
  }

  status(): Status {
    const { step, ended, facts, version, problem, invitationsSent, remindersSent, reminderAt } = this;
    return {
      step,
      open: ended ? [] : steps(facts).open,
      since: new Date(this.#since).toISOString(),
      facts,
      version,
      problem,
      invitationsSent,
      remindersSent,
      nextReminderAt: reminderAt === undefined ? null : new Date(reminderAt).toISOString(),
    };
  }

  /**
   * Takes in facts: the highest version wins. `first`: this very signal was not here before; `moved`: the person stands
   * at another step now.
   */
  hear(progress: Progress): { first: boolean; moved: boolean } {
    if (!isProgress(progress)) {
      this.operatorNote =
        'a signal without facts was refused: these signals come from the pages, not from operators';
      return { first: false, moved: false };
    }
    const { version, facts } = progress;
    const first = !this.#seen.has(version);
    this.#seen.add(version);
    if (version <= this.version) return { first, moved: false };
    const before = this.step;
    this.facts = facts;
    this.version = version;
    const moved = this.step !== before;
    if (moved) {
      this.#since = Date.now();
      this.smsRefused = false;
    }
    return { first, moved };
  }

  progressed(): void {
    this.#progressedAt = Date.now();
    this.rung = 0;
  }

  wanted(): void {
    this.#wantedAt = Date.now();
  }

  extended(until: number): void {
    this.#extendedUntil = until;
  }

  end(ending: Ending): void {
    this.ended = ending;
    this.#since = Date.now();
  }

  /** It ended, and was asked for again in that very moment. */
  reopen(): void {
    this.ended = undefined;
    this.#since = Date.now();
    this.progressed();
    this.wanted();
  }

  /** Shows an operator how things stand: search attributes only when they changed, because each change is an event. */
  show(): void {
    const now = this.status();
    const expiresAt = new Date(this.expiresAt).toISOString();
    setCurrentDetails(details(now, { expiresAt, operatorNote: this.operatorNote }));
    const attributes = [now.step, now.since, now.problem, now.remindersSent].join();
    if (attributes === this.#shown) return;
    this.#shown = attributes;
    upsertSearchAttributes([
      { key: OnboardingStep, value: now.step },
      { key: OnboardingSince, value: new Date(now.since) },
      { key: OnboardingProblem, value: now.problem },
      { key: RemindersSent, value: now.remindersSent },
    ]);
  }
}
