/** One row a person: the facts of the onboarding, its version, its status. */
import { uuidv7 } from 'uuidv7';
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { type SenderEvent, tellSenders } from './events.ts';
import { putInOutbox } from './outbox.ts';
import { findOrAddPerson, findPersonByEmail, type Locale, type Person } from './people.ts';
import type { Raw } from './sql.ts';
import type { OnboardingRow } from './tables.ts';

export type Onboarding = OnboardingRow;

/** A fact is a time in the row, and a boolean for everybody else. */
export function factsOf(row: Onboarding) {
  return {
    termsAccepted: row.termsAcceptedAt !== null,
    passwordChanged: row.passwordChangedAt !== null,
    smsVerified: row.smsVerifiedAt !== null,
    smsSkipped: row.smsSkippedAt !== null,
    appVerified: row.appVerifiedAt !== null,
    appSkipped: row.appSkippedAt !== null,
    profileSaved: row.profileSavedAt !== null,
    helpAsked: row.helpAskedAt !== null,
    notMe: row.notMeAt !== null,
    codesRefused: row.codesRefusedAt !== null,
  };
}

type FactName = keyof ReturnType<typeof factsOf>;

/** When each fact that is true became so (ISO 8601). */
export function factTimesOf(row: Onboarding): Partial<Record<FactName, string>> {
  const names = Object.keys(factsOf(row)) as FactName[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const at = row[`${name}At`];
      return at ? [[name, at.toISOString()]] : [];
    }),
  );
}

/** Every fact there is, as not true: for when all of them are void. */
export const noFacts = (row: Onboarding): Record<FactName, boolean> =>
  Object.fromEntries(Object.keys(factsOf(row)).map((fact) => [fact, false])) as Record<FactName, boolean>;

/** A fact to write, with the signal that tells the workflow and the event that goes into the audit. */
export type Change = {
  signal: string;
  event: string;
  facts?: Partial<Record<FactName, boolean>>;
  columns?: Partial<Pick<Onboarding, 'clientId' | 'helpReason'>>;
  details?: Record<string, string | number | boolean>;
  /** What the senders are told. */
  tell?: SenderEvent;
  /** Ids that the signal carries besides the facts. */
  ids?: Record<string, string>;
};

/** These ask for a mail … */
const ASKING = ['messageSent', 'invitationRequested', 'addressCorrected'];
/** … and these only say how things stand; every other change is progress of the person. */
const NO_PROGRESS = [...ASKING, 'codesRefused'];
/** What is over as soon as the person goes on. */
const OVER_WITH_PROGRESS = { helpAsked: false, notMe: false, codesRefused: false };

export const isOpen = ({ status }: Onboarding): boolean => status === 'open';

/**
 * SQL over a row of the table: when an open onboarding expires. `expireAfter` milliseconds after the latest of progress and an invitation that
 * the sender or the person asked for, and as many days later or sooner as an operator said.
 */
export const expiresAt = ({ sql }: Db, expireAfter: number): Raw =>
  sql.raw(
    `(greatest(progressed_at, wanted_at) + ? * interval '1 millisecond' + extra_days * interval '1 day')`,
    [expireAfter],
  );

/** What the deadline is counted from; ages in milliseconds by the database's clock, because the engine's may be another. */
export type Deadline = { progressAge: number; wantedAge: number; extraDays: number };

/** SQL: the columns of a `Deadline`. */
export const DEADLINE = `
  extract(epoch from now() - progressed_at)::float * 1000 as progress_age,
  extract(epoch from now() - wanted_at)::float * 1000 as wanted_age,
  extra_days`;

export async function onboarding(db: Db, id: string): Promise<Onboarding | undefined> {
  return db.sql('onboarding').where({ id }).first();
}

export async function onboardingOf(db: Db, personId: string): Promise<Onboarding | undefined> {
  return db.sql('onboarding').where({ personId }).first();
}

/** The row, locked until the transaction ends. */
export async function lockOnboarding(tx: Db, id: string): Promise<Onboarding> {
  const row = await tx.sql('onboarding').where({ id }).forUpdate().first();
  if (!row) throw new Error('no such onboarding');
  return row;
}

/**
 * The person with this address and the row of the onboarding, locked; both are made now if there were none. Until the
 * lock is ours the address may have been corrected, or the person erased: then they are found anew, so nothing is ever
 * added to somebody who has another address by then.
 */
export async function lockAddressee(
  tx: Db,
  { email, locale }: { email: string; locale: Locale },
  newRow: (
    to: Person,
  ) => Pick<Onboarding, 'clientId' | 'temporaryPasswordMode'> & Partial<Pick<Onboarding, 'offeredPhone'>>,
): Promise<{ to: Person; row: Onboarding; added: boolean }> {
  for (;;) {
    const to = await findOrAddPerson(tx, { email, locale });
    const locked = await tx.sql('onboarding').where({ personId: to.id }).forUpdate().first();
    const now = await findPersonByEmail(tx, email);
    if (now?.id !== to.id) continue;
    if (locked) return { to, row: locked, added: false };
    const [row] = await tx
      .sql('onboarding')
      .insert({ id: uuidv7(), personId: to.id, ...newRow(to) })
      .returning('*');
    return { to, row: row!, added: true };
  }
}

/**
 * The time now, and not that of the transaction's begin: what waited for the lock came after whatever was done under it.
 * An ask that looked older than the end it came after would be forgotten.
 */
export const theMoment = (tx: Db) => tx.sql.raw('clock_timestamp()');

/** Writes a change to a locked row, its audit entry and its outbox row. The caller's transaction holds all of it. */
export async function writeChange(tx: Db, row: Onboarding, change: Change): Promise<Onboarding> {
  const now = theMoment(tx);
  const progress = !NO_PROGRESS.includes(change.signal);
  const facts = { ...(progress ? OVER_WITH_PROGRESS : {}), ...change.facts };
  const times = Object.entries(facts).map(([fact, isTrue]) => {
    const column = `${fact}At` as keyof Onboarding;
    return [column, isTrue ? (row[column] ?? now) : null];
  });
  const [updated] = await tx
    .sql('onboarding')
    .where({ id: row.id })
    .update({
      ...Object.fromEntries(times),
      ...change.columns,
      ...(progress ? { progressedAt: now, ladderFrom: now, rung: 0, mailDelayedAt: null } : {}),
      ...(ASKING.includes(change.signal) ? { wantedAt: now } : {}),
      version: row.version + 1,
    })
    .returning('*');
  await audit(tx, {
    event: change.event,
    personId: row.personId,
    clientId: change.columns?.clientId,
    details: change.details,
  });
  if (change.tell) await tellSenders(tx, row.personId, change.tell);
  await putInOutbox(tx, {
    workflow: 'onboarding',
    subjectId: row.id,
    signal: change.signal,
    payload: { version: updated!.version, facts: factsOf(updated!), ...change.ids },
  });
  return updated!;
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
 * days; `mail-delayed` meanwhile. Shown as a problem until a mail gets through; the senders are told once.
 */
export async function markMailTrouble(
  db: Db,
  { id, personId }: Pick<Onboarding, 'id' | 'personId'>,
  problem: 'mail-undeliverable' | 'mail-delayed',
): Promise<void> {
  const column = problem === 'mail-delayed' ? 'mailDelayedAt' : 'mailRefusedAt';
  await transaction(db, async (tx) => {
    const first = await tx
      .sql('onboarding')
      .where({ id, [column]: null })
      .update({ [column]: tx.sql.fn.now() });
    if (first) await tellSenders(tx, personId, { type: 'onboarding.stuck', data: { problem } });
  });
}

/** An operator lets the person ask for codes again, although the person's limit of a day was reached. */
export async function allowMoreCodes(
  db: Db,
  { id, reason }: { id: string; reason: string },
): Promise<Onboarding> {
  return transaction(db, async (tx) => {
    const row = await lockOnboarding(tx, id);
    const now = tx.sql.fn.now();
    const [allowed] = await tx
      .sql('onboarding')
      .where({ id })
      .update({ codesAllowedFrom: now, codesRefusedAt: null, version: row.version + 1 })
      .returning('*');
    await audit(tx, { event: 'codes.allowed', personId: row.personId, details: { reason } });
    return allowed!;
  });
}
