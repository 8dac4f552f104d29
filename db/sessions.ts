/**
 * Sessions: a random 256-bit id in a cookie, kept as its hash. A session remembers what it has proven itself: the link,
 * the own password, a second factor. With each proof it gets a new id.
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
  /** What the request came with; the row may have a newer one by now. */
  token: string;
  /** Since it began, in milliseconds by the database's clock. */
  ageMs: number;
};

export type Proof = 'link' | 'password' | 'factor';

/** How long a replaced id still counts, for the answer to a second click and nothing else. */
const REPLACED_FOR_S = 10;
/** `seen_at` is written at most this often, so reading a page costs no write. */
const SEEN_EVERY_S = 30;

const proofColumns = (db: Db, proofs: readonly Proof[]) =>
  Object.fromEntries(proofs.map((proof) => [`${proof}At`, db.sql.fn.now()]));

/** `challenge`: that of the form; a new one if there is none. */
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
 * A session of whoever opened this link. Undefined when the link is void by now: a session that begins while the address
 * is corrected would outlive those that end with it.
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
 * The session has proven more: it gets a new token, and the old one is good for a redirect only. One token has one
 * successor: two clicks at once get the same, so it does not matter whose answer reaches the browser last.
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

/** The token that `stepUp` gives this session, for after its transaction. */
export const nextTokenOf = (db: Db, { token }: Session): string => db.secrets.nextSessionToken(token);

export type FoundSession = { session: Session; replaced: boolean };

/** The live session of a token. `replaced`: the token has a successor, and counts for a redirect only. */
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

/** The person opened a mail of this organisation: from now on its name stands on the pages. */
export async function openedMailOf(db: Db, { id }: Session, clientId: string): Promise<void> {
  await db.sql('session').where({ id }).update({ clientId });
}

export async function deleteSession(db: Db, id: string): Promise<void> {
  await db.sql('session').where({ id }).delete();
}

/** Deletes the sessions that nobody can use any more: those that began more than `absoluteMs` ago. */
export async function deleteEndedSessions(db: Db, absoluteMs: number): Promise<void> {
  await db
    .sql('session')
    .whereRaw(`created_at < now() - ? * interval '1 millisecond'`, [absoluteMs])
    .delete();
}

/** Ends the person's other sessions, after a change of the password. */
export async function endOtherSessions(tx: Db, session: Session): Promise<void> {
  await tx.sql('session').where({ personId: session.personId }).whereNot({ id: session.id }).delete();
}

/** The session got a new token since the request came with its own. */
export async function wasReplaced(db: Db, { id, token }: Session): Promise<boolean> {
  const tokenHash = hashToken(token);
  return Boolean(await db.sql('session').where({ id }).whereNot({ tokenHash }).first('id'));
}

/** This session proved it itself, so shortly ago that the answer may not have reached the browser. */
export async function provedJustNow(db: Db, { id }: Session, proof: Proof): Promise<boolean> {
  const row = await db
    .sql('session')
    .where({ id })
    .andWhereRaw(`?? > now() - ? * interval '1 second'`, [`${proof}At`, REPLACED_FOR_S])
    .first('id');
  return Boolean(row);
}
