/**
 * Sessions: a random 256-bit id in a cookie, stored as a hash. A session records what it has proven itself: the link,
 * the person's password, a second factor. Each proof gives it a new id.
 */
import { randomUUID } from 'node:crypto';
import { type Db, transaction } from './connect.ts';
import { type Invitation, stillCounts } from './invitations.ts';
import type { Raw } from './raw.ts';
import { hashToken, newToken } from './secrets.ts';
import type { SessionRow } from './tables.ts';

export type Session = Omit<
  SessionRow,
  'tokenHash' | 'previousHash' | 'previousUntil' | 'createdAt' | 'seenAt'
> & {
  /** The token that the request carried; the row may have a newer one by now. */
  token: string;
  /** Age in milliseconds, by the database's clock. */
  ageMs: number;
};

export type Proof = 'link' | 'password' | 'factor';

/** How long a replaced id is still recognised, only to answer a second click. */
const REPLACED_FOR_S = 10;
/** `seen_at` is written at most this often, so that most page views write nothing. */
const SEEN_EVERY_S = 30;

const proofColumns = (db: Db, proofs: readonly Proof[]) =>
  Object.fromEntries(proofs.map((proof) => [`${proof}At`, db.sql.fn.now()]));

/** `challenge`: the one of the form; created when absent. */
export type NewSession = {
  personId: string;
  clientId: string | null;
  resetId?: string;
  challenge?: string;
  proofs: Proof[];
};

/** A new session that has proven `proofs`, with its token for the cookie. */
export async function createSession(tx: Db, { proofs, ...given }: NewSession): Promise<Session> {
  const token = newToken();
  const [row] = await tx
    .sql('session')
    .insert({ id: randomUUID(), tokenHash: hashToken(token), ...given, ...proofColumns(tx, proofs) })
    .returning('*');
  return sessionOf({ ...row!, ageMs: 0 }, token);
}

function sessionOf(row: SessionRow & { ageMs: number }, token: string): Session {
  const { tokenHash, previousHash, previousUntil, createdAt, seenAt, ...session } = row;
  return { ...session, token };
}

/**
 * A session for the person who opened this link. Undefined when the link is no longer valid: a session that starts
 * during an address correction must not outlive those the correction ends.
 */
export async function createSessionByLink(
  db: Db,
  { invitation, personId }: { invitation: Invitation; personId: string },
): Promise<Session | undefined> {
  return transaction(db, async (tx) => {
    const { onboardingId, clientId } = invitation;
    await tx.sql('onboarding').where({ id: onboardingId }).forUpdate().first('id');
    if (!(await stillCounts(tx, invitation))) return undefined;
    return createSession(tx, { personId, clientId, proofs: ['link'] });
  });
}

/**
 * Records further proofs and returns a new token; the old one is then only good for a redirect. Each token has exactly
 * one successor: two simultaneous clicks get the same one, so the order of their answers does not matter.
 */
export async function stepUp(tx: Db, session: Session, proofs: Proof[]): Promise<string> {
  const { id, token } = session;
  const next = nextTokenOf(tx, session);
  const whenFirst = (first: string | Raw, otherwise: keyof SessionRow) =>
    tx.sql.raw('case when token_hash = ? then ? else ?? end', [hashToken(token), first, otherwise]);
  const soon = tx.sql.raw(`now() + ? * interval '1 second'`, [REPLACED_FOR_S]);
  await tx
    .sql('session')
    .where({ id })
    .update({
      previousHash: whenFirst(tx.sql.ref('tokenHash'), 'previousHash'),
      previousUntil: whenFirst(soon, 'previousUntil'),
      tokenHash: whenFirst(hashToken(next), 'tokenHash'),
      ...proofColumns(tx, proofs),
    });
  return next;
}

/** The token that `stepUp` gives this session, for use after its transaction. */
export const nextTokenOf = (db: Db, { token }: Session): string => db.secrets.nextSessionToken(token);

export type FoundSession = { session: Session; replaced: boolean };

/** The live session of a token. `replaced`: the token has a successor and is only good for a redirect. */
export async function findSession(
  db: Db,
  { token, idleMs, absoluteMs }: { token: string; idleMs: number; absoluteMs: number },
): Promise<FoundSession | undefined> {
  const hash = hashToken(token);
  const row = await db
    .sql('session')
    .where((either) =>
      either
        .where({ tokenHash: hash })
        .orWhere((previous) => previous.where({ previousHash: hash }).andWhereRaw('previous_until > now()')),
    )
    .andWhereRaw(`seen_at > now() - ? * interval '1 millisecond'`, [idleMs])
    .andWhereRaw(`created_at > now() - ? * interval '1 millisecond'`, [absoluteMs])
    .first(
      '*',
      db.sql.raw<{ ageMs: number }>('extract(epoch from now() - created_at)::float * 1000 as age_ms'),
    );
  if (!row) return undefined;
  await db
    .sql('session')
    .where({ id: row.id })
    .andWhereRaw(`seen_at < now() - ? * interval '1 second'`, [SEEN_EVERY_S])
    .update({ seenAt: db.sql.fn.now() });
  return { session: sessionOf(row, token), replaced: row.tokenHash !== hash };
}

/** The person opened a mail of this organisation, whose name the pages show from now on. */
export async function openedMailOf(db: Db, { id }: Session, clientId: string): Promise<void> {
  await db.sql('session').where({ id }).update({ clientId });
}

export async function deleteSession(db: Db, id: string): Promise<void> {
  await db.sql('session').where({ id }).delete();
}

/** Deletes sessions that started more than `absoluteMs` ago. */
export async function deleteEndedSessions(db: Db, absoluteMs: number): Promise<void> {
  await db
    .sql('session')
    .whereRaw(`created_at < now() - ? * interval '1 millisecond'`, [absoluteMs])
    .delete();
}

/** Ends the person's other sessions, after a password change. */
export async function endOtherSessions(tx: Db, session: Session): Promise<void> {
  await tx.sql('session').where({ personId: session.personId }).whereNot({ id: session.id }).delete();
}

/** Whether the session got a new token after this request was sent. */
export async function wasReplaced(db: Db, { id, token }: Session): Promise<boolean> {
  const tokenHash = hashToken(token);
  return Boolean(await db.sql('session').where({ id }).whereNot({ tokenHash }).first('id'));
}

/** Whether this session gave the proof itself, so recently that the answer may not have reached the browser. */
export async function provedJustNow(db: Db, { id }: Session, proof: Proof): Promise<boolean> {
  const row = await db
    .sql('session')
    .where({ id })
    .andWhereRaw(`?? > now() - ? * interval '1 second'`, [`${proof}At`, REPLACED_FOR_S])
    .first('id');
  return Boolean(row);
}
