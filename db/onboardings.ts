/**
 * One row per person: the facts of the onboarding, its version and its status. The only file with an UPDATE of it;
 * endings.ts decides the status.
 */
import { uuidv7 } from 'uuidv7';
import { FACTS, type FactName, type Facts, type FactTimes, factsOf as factsAt } from '../domain/facts.ts';
import type { Locale } from '../domain/locale.ts';
import type { MailProblem } from '../domain/problems.ts';
import { ASKS_FOR_INVITATION, isProgress, type SignalName } from '../domain/signals.ts';
import { placeAt, type ReadSnapshot, type Snapshot, waitsForOperator } from '../domain/snapshot.ts';
import { auditEntry } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { type SenderEvent, sendersEvent } from './events.ts';
import { putInOutbox, putInOutboxWith, type Told } from './outbox.ts';
import { addPerson, findPersonByEmail, openedPerson, type Person } from './people.ts';
import type { Raw } from './raw.ts';
import type { OnboardingRow } from './tables.ts';
import { type Write, writeTogether } from './together.ts';

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
  /** What else is written with it. */
  besides?: Write[];
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

/** The same with its person. */
export async function lockWithPerson(
  tx: Db,
  id: string,
): Promise<{ row: Onboarding; reader: Person } | undefined> {
  const { rows } = await tx.sql.raw<Onboarding & Omit<Person, 'id'>>(
    `select onboarding.*, clock_timestamp() as as_of, email, locale, password_hash, data_key
      from onboarding join person on person.id = person_id where onboarding.id = ? for update of onboarding`,
    [id],
  );
  if (!rows[0]) return undefined;
  const { email, locale, passwordHash, dataKey, ...row } = rows[0];
  return { row, reader: openedPerson(tx, { id: row.personId, email, locale, passwordHash, dataKey }) };
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
  newRow: NewRow,
): Promise<{ to: Person; row: Onboarding; added: boolean }> {
  for (;;) {
    const known = await findPersonByEmail(tx, email);
    const to = known ?? (await addPerson(tx, { email, locale }));
    if (to && !known) return { to, row: await addOnboarding(tx, to, newRow), added: true };
    const row = to && (await lockOnboardingOf(tx, to.id));
    const now = row && (await findPersonByEmail(tx, email));
    if (now && now.id === to.id) return { to: now, row, added: false };
  }
}

async function addOnboarding(tx: Db, to: Person, newRow: NewRow): Promise<Onboarding> {
  const [row] = await tx
    .sql('onboarding')
    .insert({ id: uuidv7(), personId: to.id, ...newRow(to) })
    .returning(withClock(tx));
  return row!;
}

type NewRow = (
  to: Person,
) => Pick<Onboarding, 'clientId' | 'temporaryPasswordMode'> & Partial<Pick<Onboarding, 'offeredPhone'>>;

/** What decides whether an onboarding goes on, and when it ended. */
type Ending = Pick<OnboardingRow, 'status' | 'endedAt'>;

/** What a write changes. Everything else of the row the write itself decides. */
type Columns = Partial<Omit<OnboardingRow, 'id' | 'personId' | 'version' | 'shouldRun' | keyof Ending>>;

/**
 * The moment of a write, in whole milliseconds of the database's clock: when the row was locked, and later than whatever
 * was written before. Otherwise a request in the millisecond of an ending would be lost.
 */
export function momentOf({ asOf, progressedAt, requestedAt, endedAt, acknowledgedAt }: Onboarding): Date {
  const before = [progressedAt, requestedAt, endedAt, acknowledgedAt].map((at) => at?.getTime() ?? 0);
  return new Date(Math.max(asOf.getTime(), ...before.map((at) => at + 1)));
}

/** The column that the database generates (migration 0020), because the outbox row states it before the write. */
const shouldRunOf = ({ status, openedMailDue, requestedAt, endedAt }: OnboardingRow): boolean =>
  status === 'open' ||
  openedMailDue ||
  (status !== 'completed' && endedAt !== null && requestedAt.getTime() > endedAt.getTime());

const placeOf = (row: OnboardingRow) => placeAt({ status: row.status, facts: factTimesOf(row) });

/** Moving the person to another step or to the end sets `stepSince` and drops an invitation that was due. */
function withWhatFollows(row: Onboarding, columns: Columns & Partial<Ending>) {
  const after = { ...row, ...columns };
  const moved = placeOf(after) !== placeOf(row);
  return {
    ...(after.status !== row.status && { factorResetDue: null }),
    ...(moved && { stepSince: momentOf(row), invitationDue: null }),
    ...(moved && row.smsOutcome === 'failed' && { smsCodeId: null, smsOutcome: null }),
    ...columns,
  };
}

/**
 * The only update of a row that the workflow knows, which the caller has locked: the row as it stands afterwards, and the
 * write, for a statement that writes more than that. Every write makes a new version.
 */
function rowUpdate(tx: Db, row: Onboarding, columns: Columns & Partial<Ending>) {
  const version = row.version + 1;
  const changed = { ...withWhatFollows(row, columns), version };
  const after = { ...row, ...changed };
  const update = tx.sql('onboarding').where({ id: row.id }).update(changed);
  return { written: { ...after, shouldRun: shouldRunOf(after) }, update };
}

async function writeRow(
  tx: Db,
  row: Onboarding,
  columns: Columns & Partial<Ending>,
  besides: Write[] = [],
): Promise<Onboarding> {
  const { written, update } = rowUpdate(tx, row, columns);
  await writeTogether(tx, { besides: [update, ...besides] });
  return written;
}

type WriteRow<Written> = (
  tx: Db,
  row: Onboarding,
  columns: Written,
  besides?: Write[],
) => Promise<Onboarding>;

/** Changes the row, which the caller has locked, and writes `besides` in the same statement. Returns the new row. */
export const writeOnboarding: WriteRow<Columns> = writeRow;

/** The same with another status: for db/endings.ts alone. */
export const writeStatus: WriteRow<Columns & Ending> = writeRow;

/**
 * Sets how the person gets a temporary password. This is no new version, because the workflow does not know it. A
 * pending invitation may already have been sent with the old text, so a new one is due, which the workflow finds at
 * its next look.
 */
export async function writePasswordMode(
  tx: Db,
  row: Onboarding,
  mode: Onboarding['temporaryPasswordMode'],
): Promise<Onboarding> {
  if (row.temporaryPasswordMode === mode) return row;
  const invitationDue = row.invitationDue === null ? null : row.version + 1;
  const columns = { temporaryPasswordMode: mode, invitationDue };
  await tx.sql('onboarding').where({ id: row.id }).update(columns);
  return { ...row, ...columns };
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

/** The reminders count from now. */
export const restartReminders = (now: Date) => ({ remindersCountFrom: now, lastReminder: 0 });

/** Somebody else is to do all of it, and the invitation that is being sent goes to the address of before. */
function beginAgain(row: Onboarding): Columns {
  const now = momentOf(row);
  return {
    progressedAt: now,
    stepSince: now,
    ...restartReminders(now),
    invitationDue: row.version + 1,
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

function columnsOf(row: Onboarding, { signal, facts, columns, smsCodeId }: Change): Columns {
  const now = momentOf(row);
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
      ? { requestedAt: now, invitationDue: row.invitationDue ?? row.version + 1 }
      : {}),
    ...(signal === 'addressCorrected' ? beginAgain(row) : {}),
    ...(smsCodeId ? { smsCodeId, smsOutcome: null } : {}),
    ...columns,
  };
}

/** Writes a change to a locked row, its audit entry, what the senders are told and its outbox row, in one statement. */
export async function writeChange(tx: Db, row: Onboarding, change: Change): Promise<Onboarding> {
  const { signal, event, columns, details, tell } = change;
  const { personId } = row;
  const { written, update } = rowUpdate(tx, row, columnsOf(row, change));
  const entry = auditEntry(tx, { event, personId, clientId: columns?.clientId, details });
  const besides = [
    update,
    entry,
    ...(tell ? [sendersEvent(tx, personId, tell)] : []),
    ...(change.besides ?? []),
  ];
  await putInOutboxWith(tx, snapshotSignal(written, signal), besides);
  return written;
}

/** The onboarding and session of a step; no session where the link is enough. */
type At = { onboarding: Pick<Onboarding, 'id'>; session?: { id: string } };

/**
 * The row, locked, unless the session ended while another transaction held the row. The row is locked first, as
 * everywhere: ending a session takes its lock, too.
 */
async function lockWithSession(tx: Db, id: string, sessionId: string): Promise<Onboarding | undefined> {
  const { rows } = await tx.sql.raw<Onboarding>(
    `select onboarding.*, clock_timestamp() as as_of from onboarding join session on session.id = ?
      where onboarding.id = ? for update of onboarding for key share of session`,
    [sessionId, id],
  );
  return rows[0];
}

/** `row`: as it stands afterwards. */
export type Recorded<R extends string> = { row: Onboarding; refused?: R | 'not-open' };

/**
 * One step of a person, in one transaction: locks the row, lets `decide` check and say what changes, writes it.
 * A refusal is returned as it is, and what `decide` wrote itself (such as a counted try) stays. A session that ended
 * while the step waited for the lock, as when the address was corrected, takes none.
 */
export async function recordStep<R extends string>(
  db: Db,
  { onboarding: { id }, session }: At,
  decide: (tx: Db, row: Onboarding) => Promise<Change | { refused: R }>,
): Promise<Recorded<R>> {
  return transaction(db, async (tx) => {
    const row = session ? await lockWithSession(tx, id, session.id) : await lockOnboarding(tx, id);
    if (!row || !isOpen(row)) return { row: row ?? (await lockOnboarding(tx, id)), refused: 'not-open' };
    const decision = await decide(tx, row);
    if ('refused' in decision) return { row, ...decision };
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
  if (!isNew) return Object.keys(columns).length === 0 ? row : writeOnboarding(tx, row, columns);
  const told = sendersEvent(tx, row.personId, { type: 'onboarding.stuck', data: { problem } });
  return writeOnboarding(tx, row, { [column]: momentOf(row), ...columns }, [told]);
}
