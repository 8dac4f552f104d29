/** One run of an onboarding: its snapshot, and the actions it has started. Nothing else is kept in memory. */
import {
  type ActivityInterfaceFor,
  CancellationScope,
  isCancellation,
  proxyActivities,
} from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';
import { type Action, type Begun, dueActions, isUnderWay } from '../domain/dueActions.ts';
import type { Durations } from '../domain/durations.ts';
import { isSnapshot, type Place, placeAt, type ReadSnapshot, type Snapshot } from '../domain/snapshot.ts';
import { DATABASE, mailActivities, sms } from './activityOptions.ts';
import { Faults, showFault } from './faults.ts';
import type { OnboardingInput } from './signals.ts';

/** A signal whose version is this far above the last one read is not trusted: the database is asked instead. */
const FAR = 100;

/** Carries out an action, until the database says that it is done. */
type Perform = (run: Run, action: Action) => Promise<void>;

/** `isRetriedAtOnce`: cancelled in order to be retried at once. */
type UnderWay = Begun & { scope: CancellationScope; isRetriedAtOnce: boolean };

export class Run {
  readonly onboardingId: string;
  readonly durations: Durations;
  readonly database: ActivityInterfaceFor<Activities> = proxyActivities<Activities>(DATABASE);
  readonly mails = mailActivities();
  readonly texts: ActivityInterfaceFor<Activities>;
  /** By action key. */
  readonly inFlight = new Map<string, UnderWay>();
  /** What an operator did last, or why it was refused. */
  operatorNote: string;
  /** The number of operators' orders so far. */
  orders: number;
  /** The next action and its time, in milliseconds by the database's clock. */
  next: Action | undefined;
  /** Whether something changed since the state and search attributes were last shown. */
  hasChanged = false;
  shown = '';
  isErased = false;
  readonly faults = new Faults(() => {
    this.hasChanged = true;
    // Until the run is loaded there is nothing else to show.
    if (!this.isLoaded) showFault(this.faults.failing);
  });
  #snapshot: Snapshot | undefined;
  /** The version of the last snapshot read from the database. */
  #readVersion: number | undefined;
  /** How far the workflow's clock is ahead of the database's, in milliseconds. */
  #ahead = 0;
  readonly #perform: Perform;
  /** The scope of the whole run. */
  readonly #whole = CancellationScope.current();
  #isReading = false;
  #isClosed = false;

  constructor({ onboardingId, durations, operatorNote = '', orders = 0 }: OnboardingInput, perform: Perform) {
    this.#perform = perform;
    this.onboardingId = onboardingId;
    this.durations = { ...durations };
    this.texts = proxyActivities<Activities>(sms(durations.smsCodeTtl));
    this.operatorNote = operatorNote;
    this.orders = orders;
  }

  /** Whether the database has been read: until then the run knows less than is true. */
  get isLoaded(): boolean {
    return this.#readVersion !== undefined;
  }

  /** What the run knows; available once the run is loaded. */
  get snapshot(): Snapshot {
    return this.#snapshot!;
  }

  get place(): Place {
    return this.isErased ? 'cancelled' : placeAt(this.snapshot);
  }

  get isOpen(): boolean {
    return !this.isErased && this.snapshot.status === 'open';
  }

  /** By the database's clock, in milliseconds since 1970. */
  now(): number {
    return Date.now() - this.#ahead;
  }

  /** Applies a signal's snapshot: the highest version wins. */
  applySignal(said: unknown): void {
    if (!isSnapshot(said)) {
      this.operatorNote =
        'a signal without a snapshot was refused: these signals come from the pages, not from operators';
      this.hasChanged = true;
      return;
    }
    if (this.#readVersion !== undefined && said.version > this.#readVersion + FAR) {
      this.readAgain();
      return;
    }
    if (this.#snapshot && said.version <= this.#snapshot.version) return;
    this.#applySnapshot(said);
  }

  /**
   * Applies what an activity read from the database. It replaces the snapshot whatever its version, unless a signal
   * with a higher version came while the activity ran. Undefined: the person was erased.
   */
  async read(activity: () => Promise<ReadSnapshot | undefined>): Promise<void> {
    const before = this.#snapshot?.version ?? -1;
    const read = await this.faults.untilItWorks(activity);
    if (!read) {
      this.isErased = true;
      this.hasChanged = true;
      return;
    }
    const newest = this.#snapshot?.version ?? -1;
    const cameMeanwhile = newest > before && newest > read.version && newest <= read.version + FAR;
    this.#readVersion = read.version;
    this.#ahead = Date.now() - read.asOf;
    if (cameMeanwhile) this.startDueActions();
    else this.#applySnapshot(read);
  }

  load(): Promise<void> {
    const { database, onboardingId } = this;
    const summary = 'read how things stand';
    return this.read(() => database.loadOnboarding.executeWithOptions({ summary }, [{ onboardingId }]));
  }

  /** Reads the database again as soon as possible. */
  readAgain(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    void this.load()
      .catch(ignoreCancellation)
      .finally(() => {
        this.#isReading = false;
      });
  }

  #applySnapshot(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
    this.startDueActions();
  }

  /** Starts what is due, and cancels what is no longer needed. */
  startDueActions(): void {
    this.hasChanged = true;
    if (!this.isLoaded || this.#isClosed) return;
    const { due, obsolete, next } = dueActions(this.snapshot, this.inFlight, this.now(), this.durations);
    for (const key of obsolete) this.#cancelAction(key);
    for (const action of due) this.#startAction(action);
    this.next = next;
  }

  #startAction(action: Action): void {
    const { kind, key } = action;
    // Not a child of the action whose result made this one due: that one is over, and may be cancelled.
    const scope = new CancellationScope({ cancellable: true, parent: this.#whole });
    const begun: UnderWay = {
      kind,
      since: this.now(),
      retryAt: Number.POSITIVE_INFINITY,
      scope,
      isRetriedAtOnce: false,
    };
    this.inFlight.set(key, begun);
    void scope
      .run(() => this.#perform(this, action))
      .catch(ignoreCancellation)
      .then(() => {
        begun.retryAt = begun.isRetriedAtOnce ? this.now() : this.now() + this.durations.inviteEvery;
        this.startDueActions();
      });
  }

  /** Retries at once what was started before `before`, however long it was going to wait. */
  retryAtOnce(kind: Action['kind'], before: number): void {
    for (const begun of this.inFlight.values()) {
      if (begun.kind !== kind || !isUnderWay(begun) || begun.since >= before) continue;
      begun.isRetriedAtOnce = true;
      begun.scope.cancel();
    }
  }

  #cancelAction(key: string): void {
    const begun = this.inFlight.get(key)!;
    if (isUnderWay(begun)) begun.scope.cancel();
    else this.inFlight.delete(key);
  }

  /** It has ended, and nothing is due or under way. */
  get isDone(): boolean {
    return this.isErased || (!this.snapshot.shouldRun && this.isIdle);
  }

  /** Whether another run should continue. */
  get shouldContinue(): boolean {
    return !this.isErased && this.snapshot.shouldRun;
  }

  get forTheNextRun(): OnboardingInput {
    const { onboardingId, durations, operatorNote, orders } = this;
    return { onboardingId, durations, operatorNote, orders };
  }

  /** Nothing is under way. */
  get isIdle(): boolean {
    return !this.#isReading && ![...this.inFlight.values()].some(isUnderWay);
  }

  /** Starts nothing more, and cancels what is under way. */
  close(): void {
    this.#isClosed = true;
    for (const { scope } of this.inFlight.values()) scope.cancel();
  }
}

export function ignoreCancellation(error: unknown): void {
  if (!isCancellation(error)) throw error;
}
