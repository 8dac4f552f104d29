/** One row per person: the facts of the onboarding, its version and its status. Only this file writes it. */
import { uuidv7 } from 'uuidv7';
import { FACTS, type FactName, type Facts, type FactTimes, factsOf as factsAt } from '../domain/facts.ts';
import type { Locale } from '../domain/locale.ts';
import type { MailProblem } from '../domain/problems.ts';
import { ASKS_FOR_INVITATION, isProgress, type SignalName } from '../domain/signals.ts';
import { placeAt, type ReadSnapshot, type Snapshot, waitsForOperator } from '../domain/snapshot.ts';
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { type SenderEvent, tellSenders } from './events.ts';
import { putInOutbox, type Told } from './outbox.ts';
import { findOrAddPerson, findPersonByEmail, type Person } from './people.ts';
import type { Raw } from './raw.ts';
import type { OnboardingRow } from './tables.ts';

/** `asOf`: the database's clock when the row was read. */
export type Onboarding = OnboardingRow & { readonly asOf: Date };

/** When each fact became true, in milliseconds since 1970. */
export function factTimesOf(row: OnboardingRow): FactTimes {
  const times = FACTS.map((name) => [name, row[`${name}At`]?.getTime()] as const);
  return Object.fromEntries(times.filter(([, at]) => at !== undefined));
}

/** The row stores when a fact became true; everywhere else a fact is a boolean. */
export const factsOf = (row: OnboardingRow): Facts => factsAt(factTimesOf(row));

const mailProblemOf = (row: OnboardingRow): MailProblem | null =>
  row.mailRefusedAt ? 'mail-undeliverable' : row.mailDelayedAt ? 'mail-delayed' : null;

/** Everything the workflow knows about the onboarding. */
export function snapshotOf(row: OnboardingRow): Snapshot {
  const { version, status, shouldRun, extraDays, lastReminder, invitationsSent, remindersSent } = row;
  const { invitationDue, invitationUrgent, factorResetDue, smsCodeId, smsOutcome, openedMailDue } = row;
  return {
    version,
    status,
    shouldRun,
    facts: factTimesOf(row),
    clientId: row.clientId,
    helpReason: row.helpReason,
    stepSince: row.stepSince.getTime(),
    progressedAt: row.progressedAt.getTime(),
    requestedAt: row.requestedAt.getTime(),
    extraDays,
    remindersCountFrom: row.remindersCountFrom.getTime(),
    lastReminder,
    invitationsSent,
    remindersSent,
    invitationDue,
    invitationUrgent,
    invitationSentAt: row.invitationSentAt?.getTime() ?? null,
    factorResetDue,
    acknowledgedAt: row.acknowledgedAt?.getTime() ?? null,
    smsCodeId,
    smsOutcome,
    mailProblem: mailProblemOf(row),
    openedMailDue,
  };
}

/** The snapshot with the time the row was read. */
export const readSnapshotOf = (row: Onboarding): ReadSnapshot => ({
  ...snapshotOf(row),
  asOf: row.asOf.getTime(),
});

/** A fact to write, with the signal for the workflow and the event for the audit. */
export type Change = {
  signal: SignalName;
  event: string;
  facts?: Partial<Facts>;
  columns?: Partial<Pick<Onboarding, 'clientId' | 'helpReason'>>;
  details?: Record<string, string | number | boolean>;
  /** The event that senders receive. */
  tell?: SenderEvent;
  /** The code that was requested. */
  smsCodeId?: string;
};

/** Cleared as soon as the person makes progress. */
const OVER_WITH_PROGRESS = { helpAsked: false, notMe: false, codesRefused: false };

export const isOpen = ({ status }: Pick<Onboarding, 'status'>): boolean => status === 'open';

/**
 * SQL over a row of the table: when an open onboarding expires. That is `expireAfter` milliseconds after the last
 * progress or requested invitation, whichever is later, plus or minus the days an operator added.
 */
export const expiresAt = ({ sql }: Db, expireAfter: number): Raw =>
  sql.raw(
    `(greatest(progressed_at, requested_at) + ? * interval '1 millisecond' + extra_days * interval '1 day')`,
    [expireAfter],
  );

const withClock = ({ sql }: Db) => ['*', sql.raw<{ asOf: Date }>('clock_timestamp() as as_of')] as const;

export async function onboarding(db: Db, id: string): Promise<Onboarding | undefined> {
  return db
    .sql('onboarding')
    .where({ id })
    .first(...withClock(db));
}

export async function onboardingOf(db: Db, personId: string): Promise<Onboarding | undefined> {
  return db
    .sql('onboarding')
    .where({ personId })
    .first(...withClock(db));
}

/** The person's row, locked until the transaction ends. */
export async function lockOnboardingOf(tx: Db, personId: string): Promise<Onboarding | undefined> {
  return tx
    .sql('onboarding')
    .where({ personId })
    .forUpdate()
    .first(...withClock(tx));
}

/** The row, locked until the transaction ends; undefined for an erased person. */
export async function findAndLockOnboarding(tx: Db, id: string): Promise<Onboarding | undefined> {
  return tx
    .sql('onboarding')
    .where({ id })
    .forUpdate()
    .first(...withClock(tx));
}

/** The row, locked until the transaction ends. */
export async function lockOnboarding(tx: Db, id: string): Promise<Onboarding> {
  const row = await findAndLockOnboarding(tx, id);
  if (!row) throw new Error('no such onboarding');
  return row;
}

/**
 * Finds or creates the person with this address and their onboarding, and locks the row. While waiting for the lock,
 * the address may be corrected or the person erased; then the search starts again, so nothing is added to a person who
 * by now has another address.
 */
export async function findOrCreateRecipientForUpdate(
  tx: Db,
  { email, locale }: { email: string; locale: Locale },
  newRow: (
    to: Person,
  ) => Pick<Onboarding, 'clientId' | 'temporaryPasswordMode'> & Partial<Pick<Onboarding, 'offeredPhone'>>,
): Promise<{ to: Person; row: Onboarding; added: boolean }> {
  for (;;) {
    const to = await findOrAddPerson(tx, { email, locale });
    const locked = await lockOnboardingOf(tx, to.id);
    const now = await findPersonByEmail(tx, email);
    if (now?.id !== to.id) continue;
    if (locked) return { to, row: locked, added: false };
    const [row] = await tx
      .sql('onboarding')
      .insert({ id: uuidv7(), personId: to.id, ...newRow(to) })
      .returning(withClock(tx));
    return { to, row: row!, added: true };
  }
}

/**
 * Use clock_timestamp(), not now(): a transaction that waited for the row lock must sort after the one that held it.
 * Otherwise a request could look older than the ending it followed, and be lost.
 */
export const clockTimestamp = (tx: Db) => tx.sql.raw('clock_timestamp()');

/** The start time of the transaction, identical for all rows it writes. */
export const transactionTime = (tx: Db) => tx.sql.fn.now();

type Columns = { [Column in keyof Onboarding]?: Onboarding[Column] | Raw };

/**
 * The only update of columns that the workflow knows. The caller holds the lock. Each write increments the version. If
 * it moves the person to another step or to the end, `stepSince` is set and a pending invitation is dropped.
 */
export async function writeOnboarding(tx: Db, row: Onboarding, columns: Columns): Promise<Onboarding> {
  const after = { ...row, ...columns } as Onboarding;
  const isTrue = (of: Onboarding) =>
    Object.fromEntries(FACTS.filter((name) => of[`${name}At`] !== null).map((name) => [name, 0]));
  const moved =
    placeAt({ status: row.status, facts: isTrue(row) }) !==
    placeAt({ status: after.status, facts: isTrue(after) });
  const [written] = await tx
    .sql('onboarding')
    .where({ id: row.id })
    .update({
      ...(after.status === row.status ? {} : { factorResetDue: null }),
      ...(moved ? { stepSince: clockTimestamp(tx), invitationDue: null, ...withoutFailedSms(row) } : {}),
      ...columns,
      version: tx.sql.raw('version + 1'),
    })
    .returning(withClock(tx));
  return written!;
}

const withoutFailedSms = ({ smsOutcome }: Onboarding) =>
  smsOutcome === 'failed' ? { smsCodeId: null, smsOutcome: null } : {};

/**
 * Sets how the person gets a temporary password. This is no new version, because the workflow does not know it. A
 * pending invitation may already have been sent with the old text, so a new one is due, which the workflow finds at
 * its next look.
 */
export async function writePasswordMode(
  tx: Db,
  id: string,
  mode: Onboarding['temporaryPasswordMode'],
): Promise<void> {
  const due = `case when temporary_password_mode <> ? and invitation_due is not null then version + 1
    else invitation_due end`;
  await tx
    .sql('onboarding')
    .where({ id })
    .update({ temporaryPasswordMode: mode, invitationDue: tx.sql.raw(due, [mode]) });
}

/** The outbox row that signals this row's current state to the workflow. */
export const snapshotSignal = (row: OnboardingRow, signal: SignalName): Told => ({
  workflow: 'onboarding',
  subjectId: row.id,
  signal,
  payload: snapshotOf(row),
});

/** Signals the row's current state to the workflow, through the outbox. */
export const signalSnapshot = (tx: Db, row: OnboardingRow, signal: SignalName): Promise<void> =>
  putInOutbox(tx, snapshotSignal(row, signal));

/** The reminder schedule starts over from now. */
export const restartReminders = (now: Raw) => ({ remindersCountFrom: now, lastReminder: 0 });

/** A different person has to do all steps from the start, and an invitation being sent now goes to the old address. */
function beginAgain(tx: Db): Columns {
  const now = clockTimestamp(tx);
  return {
    progressedAt: now,
    stepSince: now,
    ...restartReminders(now),
    invitationDue: tx.sql.raw('version + 1'),
    invitationUrgent: true,
    factorResetDue: null,
    smsCodeId: null,
    smsOutcome: null,
    mailRefusedAt: null,
    mailDelayedAt: null,
  };
}

/** Whether an operator has already handled this kind of call, so that another one counts as new. */
export const wasAcknowledged = (row: OnboardingRow, call: FactName): boolean =>
  (call === 'notMe' || call === 'helpAsked') &&
  row[`${call}At`] !== null &&
  !waitsForOperator(snapshotOf(row), call);

function columnsOf(tx: Db, row: Onboarding, { signal, facts, columns, smsCodeId }: Change): Columns {
  const now = clockTimestamp(tx);
  const progress = isProgress(signal);
  const times = Object.entries({ ...(progress ? OVER_WITH_PROGRESS : {}), ...facts }).map(
    ([fact, isTrue]) => {
      const column = `${fact as FactName}At` as const;
      const isNew = row[column] === null || wasAcknowledged(row, fact as FactName);
      return [column, isTrue ? (isNew ? now : row[column]) : null];
    },
  );
  return {
    ...Object.fromEntries(times),
    ...(progress ? { progressedAt: now, ...restartReminders(now), mailDelayedAt: null } : {}),
    ...(ASKS_FOR_INVITATION.includes(signal)
      ? { requestedAt: now, invitationDue: tx.sql.raw('coalesce(invitation_due, version + 1)') }
      : {}),
    ...(signal === 'addressCorrected' ? beginAgain(tx) : {}),
    ...(smsCodeId ? { smsCodeId, smsOutcome: null } : {}),
    ...columns,
  };
}

/** Writes a change to a locked row, with its audit entry and outbox row, in the caller's transaction. */
export async function writeChange(tx: Db, row: Onboarding, change: Change): Promise<Onboarding> {
  const written = await writeOnboarding(tx, row, columnsOf(tx, row, change));
  await audit(tx, {
    event: change.event,
    personId: row.personId,
    clientId: change.columns?.clientId,
    details: change.details,
  });
  if (change.tell) await tellSenders(tx, row.personId, change.tell);
  await signalSnapshot(tx, written, change.signal);
  return written;
}

/** The onboarding and session of a step; no session where the link is enough. */
type At = { onboarding: Pick<Onboarding, 'id'>; session?: { id: string } };

/**
 * Records one step of a person in one transaction: locks the row, lets `decide` check and say what changes, and writes
 * it. A refusal is returned as it is, and what `decide` wrote itself (a counted attempt, say) is kept. A session that
 * ended while waiting for the lock, for example by an address correction, records nothing.
 */
export async function recordStep<R extends string>(
  db: Db,
  { onboarding: { id }, session }: At,
  decide: (tx: Db, row: Onboarding) => Promise<Change | { refused: R }>,
): Promise<{ row: Onboarding } | { refused: R | 'not-open' }> {
  return transaction(db, async (tx) => {
    const row = await lockOnboarding(tx, id);
    const ended = session && !(await tx.sql('session').where({ id: session.id }).first('id'));
    if (ended || !isOpen(row)) return { refused: 'not-open' as const };
    const decision = await decide(tx, row);
    if ('refused' in decision) return decision;
    return { row: await writeChange(tx, row, decision) };
  });
}

/**
 * Marks a mail problem: `mail-undeliverable` when the server refused the address for good or put it off for days;
 * `mail-delayed` in the meantime. It is shown until a mail gets through, and the senders are told once. `columns`:
 * other columns to write with it.
 */
export async function markMailProblem(
  tx: Db,
  row: Onboarding,
  problem: MailProblem,
  columns: Columns = {},
): Promise<Onboarding> {
  const column = problem === 'mail-delayed' ? 'mailDelayedAt' : 'mailRefusedAt';
  const isNew = row[column] === null;
  if (isNew) await tellSenders(tx, row.personId, { type: 'onboarding.stuck', data: { problem } });
  else if (Object.keys(columns).length === 0) return row;
  return writeOnboarding(tx, row, { ...(isNew ? { [column]: tx.sql.fn.now() } : {}), ...columns });
}
