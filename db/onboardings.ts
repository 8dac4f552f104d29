/** One row a person: the facts of the onboarding, its version, its status. Only this file writes it. */
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

/** `asOf`: the database's clock when this was read. */
export type Onboarding = OnboardingRow & { readonly asOf: Date };

/** When each fact that is true became so, in milliseconds since 1970. */
export function factTimesOf(row: OnboardingRow): FactTimes {
  const times = FACTS.map((name) => [name, row[`${name}At`]?.getTime()] as const);
  return Object.fromEntries(times.filter(([, at]) => at !== undefined));
}

/** A fact is a time in the row, and a boolean for everybody else. */
export const factsOf = (row: OnboardingRow): Facts => factsAt(factTimesOf(row));

const mailProblemOf = (row: OnboardingRow): MailProblem | null =>
  row.mailRefusedAt ? 'mail-undeliverable' : row.mailDelayedAt ? 'mail-delayed' : null;

/** All that the workflow knows of the onboarding. */
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

/** The same, with the time when the row was read. */
export const readSnapshotOf = (row: Onboarding): ReadSnapshot => ({
  ...snapshotOf(row),
  asOf: row.asOf.getTime(),
});

/** A fact to write, with the signal that tells the workflow and the event that goes into the audit. */
export type Change = {
  signal: SignalName;
  event: string;
  facts?: Partial<Facts>;
  columns?: Partial<Pick<Onboarding, 'clientId' | 'helpReason'>>;
  details?: Record<string, string | number | boolean>;
  /** What the senders are told. */
  tell?: SenderEvent;
  /** The code that was asked for. */
  smsCodeId?: string;
};

/** What is over as soon as the person goes on. */
const OVER_WITH_PROGRESS = { helpAsked: false, notMe: false, codesRefused: false };

export const isOpen = ({ status }: Pick<Onboarding, 'status'>): boolean => status === 'open';

/**
 * SQL over a row of the table: when an open onboarding expires. `expireAfter` milliseconds after the latest of progress
 * and an invitation that the sender or the person asked for, and as many days later or sooner as an operator said.
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

/** The row of this person, locked until the transaction ends. */
export async function lockOnboardingOf(tx: Db, personId: string): Promise<Onboarding | undefined> {
  return tx
    .sql('onboarding')
    .where({ personId })
    .forUpdate()
    .first(...withClock(tx));
}

/** The row, locked until the transaction ends; undefined for somebody who was erased. */
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
 * The person with this address and the row of the onboarding, locked; both are made now if there were none. Until the
 * lock is ours the address may have been corrected, or the person erased: then they are looked for again, so nothing is
 * ever added to somebody who has another address by then.
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
 * The time now, and not that of the transaction's begin: what waited for the lock came after whatever was done under it.
 * An ask that looked older than the end it came after would be forgotten.
 */
export const clockTimestamp = (tx: Db) => tx.sql.raw('clock_timestamp()');

/** The same for every row of a transaction: that of its begin. */
export const transactionTime = (tx: Db) => tx.sql.fn.now();

type Columns = { [Column in keyof Onboarding]?: Onboarding[Column] | Raw };

/**
 * The only update of a row that the workflow knows. The caller has locked it. Every write makes a new version; whoever
 * comes to another step by it, or to the end, is there from now on, and the invitation that was due is no longer.
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
 * How the person gets a temporary password: no new version, because the workflow does not know it. An invitation that is
 * due may have left with what it said before: another mail is due in its place, which the next look of the run finds.
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

/** The row of the outbox that tells the workflow what this row says now. */
export const snapshotSignal = (row: OnboardingRow, signal: SignalName): Told => ({
  workflow: 'onboarding',
  subjectId: row.id,
  signal,
  payload: snapshotOf(row),
});

/** Tells the workflow, through the outbox, what the row says now. */
export const signalSnapshot = (tx: Db, row: OnboardingRow, signal: SignalName): Promise<void> =>
  putInOutbox(tx, snapshotSignal(row, signal));

/** The reminders count from now. */
export const restartReminders = (now: Raw) => ({ remindersCountFrom: now, lastReminder: 0 });

/** Somebody else is to do all of it, and the invitation that is being sent goes to the address of before. */
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

/** The person called for somebody before, and an operator did something about it: a call is a new one. */
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

/** Writes a change to a locked row, its audit entry and its outbox row. The caller's transaction holds all of it. */
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

/** Where somebody takes a step, and in which session; without one when a link is enough. */
type At = { onboarding: Pick<Onboarding, 'id'>; session?: { id: string } };

/**
 * One step of a person, in one transaction: locks the row, lets `decide` check and say what changes, writes it.
 * A refusal is returned as it is, and what `decide` wrote itself (such as a counted try) stays. A session that ended
 * while the step waited for the lock, as when the address was corrected, takes none.
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
 * A mail does not get through: `mail-undeliverable` when the server refused the address for good, or said "later" for
 * days; `mail-delayed` meanwhile. Shown as a problem until a mail gets through; the senders are told once. `columns`:
 * what else is over with it.
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
