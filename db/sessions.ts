/**
 * Sessions: a random 256-bit id in a cookie, stored as a hash. A session records what it has proven itself: the link,
 * the person's password, a second factor. Each proof gives it a new id.
 */
import { randomUUID } from 'node:crypto';
import type { Db } from './connect.ts';
import type { Invitation } from './invitations.ts';
import type { Onboarding } from './onboardings.ts';
import { openedPerson, type Person } from './people.ts';
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
 * A session for the holder of this link, in one statement. Undefined when the link is void by now: a session that begins
 * while the address is corrected would outlive those that end with it. So it waits for the correction, which has deleted
 * the link then. The row of the onboarding comes first of all locks, as everywhere.
 */
export async function createSessionByLink(
  db: Db,
  { invitation, personId }: { invitation: Pick<Invitation, 'id'>; personId: string },
): Promise<Session | undefined> {
  const token = newToken();
  const { rows } = await db.sql.raw<SessionRow>(
    `insert into session (id, token_hash, person_id, client_id, link_at)
      select :id, :tokenHash, :personId, invitation.client_id, now()
      from invitation join onboarding on onboarding.id = invitation.onboarding_id where invitation.id = :invitation
      for key share of onboarding for key share of invitation returning *`,
    { id: randomUUID(), tokenHash: hashToken(token), personId, invitation: invitation.id },
  );
  return rows[0] && sessionOf({ ...rows[0], ageMs: 0 }, token);
}

/**
 * Records further proofs and returns a new token; the old one is then only good for a redirect. Each token has exactly
 * one successor: two simultaneous clicks get the same one, so the order of their answers does not matter.
 */
export async function stepUp(tx: Db, session: Session, proofs: Proof[]): Promise<string> {
  await stepUpWrite(tx, session, proofs);
  return nextTokenOf(tx, session);
}

/** The write itself, for a statement that writes more than that. */
export function stepUpWrite(tx: Db, session: Session, proofs: Proof[]) {
  const { id, token } = session;
  const next = nextTokenOf(tx, session);
  const whenFirst = (first: string | Raw, otherwise: keyof SessionRow) =>
    tx.sql.raw('case when token_hash = ? then ? else ?? end', [hashToken(token), first, otherwise]);
  const soon = tx.sql.raw(`now() + ? * interval '1 second'`, [REPLACED_FOR_S]);
  return tx
    .sql('session')
    .where({ id })
    .update({
      previousHash: whenFirst(tx.sql.ref('tokenHash'), 'previousHash'),
      previousUntil: whenFirst(soon, 'previousUntil'),
      tokenHash: whenFirst(hashToken(next), 'tokenHash'),
      ...proofColumns(tx, proofs),
    });
}

/** The token that `stepUp` gives this session, for use after its transaction. */
export const nextTokenOf = (db: Db, { token }: Session): string => db.secrets.nextSessionToken(token);

/** `replaced`: the token has a successor, and counts for a redirect only. */
export type FoundSession = { session: Session; replaced: boolean };

/** Whose session it is, and how things stand. `organisation`: the name of the one whose mail was opened. */
export type SessionOwner = { person: Person; onboarding: Onboarding; organisation: string | undefined };

/** The live session of a token and its owner, in one statement. */
export async function findSession(
  db: Db,
  { token, idleMs, absoluteMs }: { token: string; idleMs: number; absoluteMs: number },
): Promise<{ found: FoundSession; owner: SessionOwner } | undefined> {
  const hash = hashToken(token);
  const row = await db
    .sql('session')
    .join('person', 'person.id', 'session.personId')
    .join('onboarding', 'onboarding.personId', 'session.personId')
    .leftJoin('client', 'client.id', 'session.clientId')
    .where((either) =>
      either
        .where({ tokenHash: hash })
        .orWhere((previous) => previous.where({ previousHash: hash }).andWhereRaw('previous_until > now()')),
    )
    .andWhereRaw(`seen_at > now() - ? * interval '1 millisecond'`, [idleMs])
    .andWhereRaw(`session.created_at > now() - ? * interval '1 millisecond'`, [absoluteMs])
    .first(
      'onboarding.*',
      'email',
      'locale',
      'passwordHash',
      'dataKey',
      'session.id as sessionId',
      'session.clientId as openedMailOf',
      'tokenHash',
      'linkAt',
      'passwordAt',
      'factorAt',
      'resetId',
      'challenge',
      'wrongFactors',
      'name as organisation',
      db.sql.raw<{ ageMs: number; wasUnseen: boolean; asOf: Date }>(
        `extract(epoch from now() - session.created_at)::float * 1000 as age_ms,
          seen_at < now() - ? * interval '1 second' as was_unseen, clock_timestamp() as as_of`,
        [SEEN_EVERY_S],
      ),
    );
  if (!row) return undefined;
  const { sessionId: id, openedMailOf: clientId, tokenHash, wasUnseen, organisation, ...more } = row;
  const { linkAt, passwordAt, factorAt, resetId, challenge, wrongFactors, ageMs, ...owner } = more;
  const { email, locale, passwordHash, dataKey, ...onboarding } = owner;
  const { personId } = onboarding;
  if (wasUnseen) await db.sql('session').where({ id }).update({ seenAt: db.sql.fn.now() });
  const proofs = { linkAt, passwordAt, factorAt };
  const session = { id, personId, clientId, resetId, challenge, wrongFactors, ...proofs, ageMs, token };
  const person = openedPerson(db, { id: personId, email, locale, passwordHash, dataKey });
  return {
    found: { session, replaced: tokenHash !== hash },
    owner: { person, onboarding, organisation: organisation ?? undefined },
  };
}

/** The person opened a mail of this organisation: from now on its name stands on the pages. */
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

/** Ends the person's other sessions, after a change of the password. */
export const endOtherSessions = (tx: Db, { id, personId }: Session) =>
  tx.sql('session').where({ personId }).whereNot({ id }).delete();

/** Whether this session gave the proof itself, so recently that the answer may not have reached the browser. */
export async function provedJustNow(db: Db, { id }: Session, proof: Proof): Promise<boolean> {
  const row = await db
    .sql('session')
    .where({ id })
    .andWhereRaw(`?? > now() - ? * interval '1 second'`, [`${proof}At`, REPLACED_FOR_S])
    .first('id');
  return Boolean(row);
}
