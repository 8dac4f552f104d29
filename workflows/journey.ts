/**
 * What one run knows of its person: the facts it heard, when there was progress, what went wrong, what comes next. No
 * waiting and no side effects in here; those are in onboarding.ts and beside it.
 */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { Beginning, Deadline } from '../activities/activation.ts';
import { outsideQuietHours, type QuietHours, quietHoursBegin, reminderDueAt } from '../domain/reminders.ts';
import { cameHereAt, type FactTimes, NO_FACTS, steps, timesOf } from '../domain/steps.ts';
import { left, type Mailed } from './mailing.ts';
import type { Durations, OnboardingInput, Problem, Progress, Status } from './messages.ts';
import { isProgress, wasAt } from './messages.ts';
import { details } from './operatorView.ts';
import {
  OnboardingExpires,
  OnboardingProblem,
  OnboardingSince,
  OnboardingStep,
  RemindersSent,
} from './searchAttributes.ts';

export type Ending = 'done' | 'expired' | 'cancelled';

const DAY_MS = 24 * 60 * 60_000;

export class Journey {
  facts = NO_FACTS;
  /** When each fact became true (ISO 8601). */
  factTimes: FactTimes = {};
  version = -1;
  invitationsSent = 0;
  remindersSent = 0;
  invitationWanted = false;
  /** The next invitation need not wait until the last one is old enough. */
  inAHurry = false;
  mailRefused = false;
  mailDelayed = false;
  smsRefused = false;
  /** Where the reminders stand since the last progress. */
  rung = 0;
  /** What an operator did last, or why it was refused. */
  operatorNote: string;
  /** How many orders of operators there were that must not be carried out twice. */
  orders: number;
  ended: Ending | undefined;
  since = Date.now();
  /** What the database knows is known here. */
  begun = false;
  /** Runs of before 2026-11-23 show no expiry and wake only when their timer fires: they go on as they began. */
  wakesSooner = false;
  #progressedAt = Date.now();
  #wantedAt = Date.now();
  /** The reminders count from here. */
  ladderFrom = Date.now();
  #extraMs = 0;
  #extendedUntil = 0;
  #reminder = { key: '', at: undefined as number | undefined };
  #shown = '';
  /** What signals up to this version said is known from the database. */
  #knownUpTo = -1;
  readonly #seen = new Set<number>();
  readonly #durations: Durations;
  readonly #quiet: QuietHours;

  constructor({ durations, operatorNote = '', orders = 0 }: Omit<OnboardingInput, 'onboardingId'>) {
    this.#durations = durations;
    const { timeZone, remindFromHour: fromHour, remindUntilHour: untilHour } = durations;
    this.#quiet = { timeZone, fromHour, untilHour };
    this.operatorNote = operatorNote;
    this.orders = orders;
  }

  get step(): Status['step'] {
    return this.ended ?? steps(this.facts).current;
  }

  get expiresAt(): number {
    const asked = Math.max(this.#progressedAt, this.#wantedAt) + this.#durations.expireAfter;
    return this.wakesSooner ? asked + this.#extraMs : Math.max(asked, this.#extendedUntil);
  }

  /** When the next reminder is due; undefined when none is. */
  get reminderAt(): number | undefined {
    if (this.facts.notMe || this.ended) return undefined;
    // Asked often, and the clock of a time zone is dear: kept.
    const key = `${this.ladderFrom} ${this.rung}`;
    if (this.#reminder.key !== key) this.#reminder = { key, at: this.#reminderOf(this.rung) };
    const { at: due } = this.#reminder;
    // One that is overdue, as after an outage, leaves by day as well.
    const overdue = this.wakesSooner && due !== undefined && due < Date.now();
    const at = overdue ? outsideQuietHours(Date.now(), this.#quiet) : due;
    return at !== undefined && at < this.expiresAt ? at : undefined;
  }

  #reminderOf(rung: number): number | undefined {
    const { remindAfter } = this.#durations;
    return reminderDueAt({ progressedAt: this.ladderFrom, sent: rung }, { remindAfter, ...this.#quiet });
  }

  /** What happens next by itself: a reminder, or the end. */
  get nextAt(): number {
    return this.reminderAt ?? this.expiresAt;
  }

  /** After an outage of days more than one may be due: only the newest is sent. */
  skipMissedReminders(): void {
    for (;;) {
      const next = this.#reminderOf(this.rung + 1);
      if (next === undefined || next > Date.now()) return;
      this.rung += 1;
    }
  }

  /** How long a reminder is tried that is due now: until the next one, the end, or the evening. In milliseconds. */
  get lifeOfReminder(): number {
    const until = this.#reminderOf(this.rung + 1) ?? this.expiresAt;
    const evening = this.wakesSooner ? quietHoursBegin(Date.now(), this.#quiet) : until;
    return Math.max(1_000, Math.min(until, this.expiresAt, evening) - Date.now());
  }

  get lastReminderIsNext(): boolean {
    return this.rung === this.#durations.remindAfter.length - 1;
  }

  get remindersExhausted(): boolean {
    return this.rung >= this.#durations.remindAfter.length;
  }

  get problem(): Problem | null {
    if (this.ended === 'done') return null;
    if (this.facts.notMe) return 'not-me';
    if (this.facts.helpAsked) return 'help-asked';
    if (this.mailRefused) return 'mail-undeliverable';
    if (this.mailDelayed) return 'mail-delayed';
    if (this.facts.codesRefused) return 'too-many-codes';
    if (this.smsRefused) return 'sms-undeliverable';
    return this.remindersExhausted ? 'reminders-exhausted' : null;
  }

  status(): Status {
    const { step, ended, facts, version, problem, invitationsSent, remindersSent, reminderAt } = this;
    return {
      step,
      open: ended ? [] : steps(facts).open,
      since: new Date(this.since).toISOString(),
      facts,
      version,
      problem,
      invitationsSent,
      remindersSent,
      nextReminderAt: reminderAt === undefined ? null : new Date(reminderAt).toISOString(),
    };
  }

  /** What another run, which goes on for this one, can't learn from the database. */
  get forTheNextRun(): Pick<OnboardingInput, 'operatorNote' | 'orders'> {
    return { operatorNote: this.operatorNote, orders: this.orders };
  }

  /** A run begins, or begins again: everything that the database knows. What a signal said meanwhile is newer. */
  resume({ version, invitationsSent, remindersSent, resumption }: Beginning): void {
    Object.assign(this, { invitationsSent, remindersSent, begun: true });
    if (!resumption) return;
    this.#knownUpTo = version;
    this.mailRefused = resumption.mailRefused;
    this.mailDelayed = resumption.mailDelayed;
    if (version < this.version) {
      this.#extraMs = resumption.extraDays * DAY_MS;
      return;
    }
    this.knowsDeadline(resumption);
    const { facts, factTimes, rung, invitationWanted } = resumption;
    Object.assign(this, { version, facts, factTimes, rung, invitationWanted });
    this.smsRefused = resumption.smsRefused && this.step === 'sms';
    this.ladderFrom = Date.now() - resumption.ladderAge;
    this.since = cameHereAt(factTimes) ?? this.#progressedAt;
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
    const first = version > this.#knownUpTo && !this.#seen.has(version);
    this.#seen.add(version);
    if (version <= this.version) return { first, moved: false };
    const before = this.step;
    const at = wasAt(progress);
    this.factTimes = timesOf(facts, { before: this.factTimes, at });
    this.facts = facts;
    this.version = version;
    const moved = this.step !== before;
    if (moved) {
      this.since = at;
      this.smsRefused = false;
    }
    return { first, moved };
  }

  progressed(at: number): void {
    this.mailDelayed = false;
    this.#progressedAt = at;
    this.ladderAnew(at);
  }

  /** What became of the newest mail; of one that was not needed any more nothing is learned. */
  mailWas(sent: Mailed): void {
    if (left(sent)) this.mailDelayed = false;
    if (left(sent) || sent === 'undeliverable') this.mailRefused = sent !== 'sent';
  }

  /** What became of a reminder. One that was broken off in the evening is due again in the morning. */
  reminderWas(sent: Mailed, { rung, ladderFrom }: { rung: number; ladderFrom: number }): void {
    const brokenOff =
      this.wakesSooner && sent === 'late' && quietHoursBegin(Date.now(), this.#quiet) <= Date.now();
    // Progress meanwhile began the ladder anew.
    if (this.ladderFrom === ladderFrom && !brokenOff) this.rung = rung + 1;
    if (left(sent)) this.remindersSent += 1;
    this.mailWas(sent);
  }

  wanted(at: number): void {
    this.#wantedAt = at;
  }

  /** The reminders count from then. */
  ladderAnew(at = Date.now()): void {
    this.ladderFrom = at;
    this.rung = 0;
  }

  /** Somebody else is to do all of it. */
  beginAnew(at: number): void {
    this.progressed(at);
    this.since = at;
    this.mailRefused = false;
  }

  /** What the database says of the deadline. */
  knowsDeadline({ progressAge, wantedAge, extraDays }: Deadline): void {
    this.#progressedAt = Date.now() - progressAge;
    this.#wantedAt = Date.now() - wantedAge;
    this.#extraMs = extraDays * DAY_MS;
  }

  /** Of runs and answers of before 2026-11-25: the database says that it expires at `until`. */
  expiresInstead(until: number): void {
    this.#extraMs += until - this.expiresAt;
    this.#extendedUntil = until;
  }

  end(ending: Ending): void {
    this.ended = ending;
    this.since = Date.now();
  }

  /** It ended, and was asked for again in that very moment. */
  reopen(): void {
    this.ended = undefined;
    this.since = Date.now();
    this.progressed(this.since);
    this.wanted(this.since);
  }

  /**
   * Shows an operator how things stand: search attributes only when they changed, because each change is an event.
   * Nothing before the database was asked: a run that goes on for another one would show less than is true.
   */
  show(): void {
    if (this.wakesSooner && !this.begun) return;
    const now = this.status();
    const expiresAt = new Date(this.expiresAt);
    const { factTimes, operatorNote } = this;
    setCurrentDetails(details(now, { expiresAt: expiresAt.toISOString(), factTimes, operatorNote }));
    const expires = this.wakesSooner && !this.ended ? expiresAt : null;
    const attributes = [now.step, now.since, now.problem, now.remindersSent, expires?.getTime()].join();
    if (attributes === this.#shown) return;
    this.#shown = attributes;
    upsertSearchAttributes([
      { key: OnboardingStep, value: now.step },
      { key: OnboardingSince, value: new Date(now.since) },
      { key: OnboardingExpires, value: expires },
      { key: OnboardingProblem, value: now.problem },
      { key: RemindersSent, value: now.remindersSent },
    ]);
  }
}
