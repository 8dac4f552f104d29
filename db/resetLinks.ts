/**
 * Links in mails to choose a new password or to set up the second factor again. The token is derived, never stored.
 * For each purpose, only a person's newest link works.
 */
import { randomUUID } from 'node:crypto';
import type { Db } from './connect.ts';
import type { ResetLinkRow } from './tables.ts';

export type ResetPurpose = ResetLinkRow['purpose'];

export type ResetLink = ResetLinkRow & {
  /** Past its lifetime, by the database's clock. */
  expired: boolean;
  /** A newer link was requested. */
  superseded: boolean;
};

/** NIST SP 800-63B-4, 4.2.1.2: a recovery link lives at most a day. */
export const RESET_LINK_LIVES_S = 24 * 3600;

/** SQL: whether a newer link of the same kind exists. `link`: the alias of the row in the query. */
export const newerLinkExists = (link: string): string => `exists (select from reset_link newer
  where newer.person_id = ${link}.person_id and newer.purpose = ${link}.purpose
    and (newer.created_at, newer.id) > (${link}.created_at, ${link}.id))`;

/** The link's state by the database's clock. */
const linkState = ({ sql }: Db) =>
  sql.raw<Omit<ResetLink, keyof ResetLinkRow>>(
    `created_at + ? * interval '1 second' <= now() as expired, ${newerLinkExists('reset_link')} as superseded`,
    [RESET_LINK_LIVES_S],
  );

type NewLink = { personId: string; clientId: string; purpose: ResetPurpose };

/** `everyMs`: minimum interval. `perDay`: maximum in 24 hours. */
export type ResetLimits = { everyMs: number; perDay: number };

/**
 * Creates a link for a new password, to be mailed, unless one was requested just now or too many today. The caller
 * holds the person's lock. Only unused links count, so using one frees the whole quota. If strangers use up the quota,
 * the newest link still works: it lives as long as the quota's day.
 */
export async function addResetLink(
  tx: Db,
  { limits, ...asked }: Omit<NewLink, 'purpose'> & { limits: ResetLimits },
): Promise<{ id: string } | { refused: 'too-soon' | 'too-many' }> {
  const link: NewLink = { ...asked, purpose: 'password' };
  const { personId, purpose } = link;
  const youngerThan = (seconds: number) =>
    tx.sql.raw(`created_at > now() - ? * interval '1 second'`, [seconds]);
  const counted = await tx
    .sql('reset_link')
    .where({ personId, purpose })
    .first(
      tx.sql.raw<{ isSoon: boolean; unused: number }>(
        `coalesce(bool_or(?), false) as is_soon,
        count(*) filter (where used_at is null and ?)::int as unused`,
        [youngerThan(limits.everyMs / 1000), youngerThan(RESET_LINK_LIVES_S)],
      ),
    );
  const { isSoon, unused } = counted!;
  if (isSoon) return { refused: 'too-soon' };
  if (unused >= limits.perDay) return { refused: 'too-many' };
  const id = randomUUID();
  await tx.sql('reset_link').insert({ id, keyId: tx.secrets.keyId, ...link });
  return { id };
}

/** The link of one logical mail: the same `sendKey` returns the same row, so a repeated mail has identical text. */
export async function resetLinkFor(db: Db, link: NewLink & { sendKey: string }): Promise<ResetLink> {
  await db
    .sql('reset_link')
    .insert({ id: randomUUID(), keyId: db.secrets.keyId, ...link })
    .onConflict('sendKey')
    .ignore();
  const row = await db.sql('reset_link').where({ sendKey: link.sendKey }).first('*', linkState(db));
  return row!;
}

export async function resetLink(db: Db, id: string): Promise<ResetLink | undefined> {
  return db.sql('reset_link').where({ id }).first('*', linkState(db));
}

/** The link of a mailed token; its columns say whether it still works. */
export async function resetLinkOfToken(db: Db, token: string): Promise<ResetLink | undefined> {
  const id = db.secrets.rowIdIn(token);
  const row = id && (await resetLink(db, id));
  return row && db.secrets.isLinkToken(row, token, 'reset') ? row : undefined;
}

export async function markResetSent(db: Db, id: string): Promise<void> {
  await db.sql('reset_link').where({ id, sentAt: null }).update({ sentAt: db.sql.fn.now() });
}

/** Uses the link up, together with every other link of the same purpose. False when it was already used. */
export async function useResetLink(tx: Db, { id, personId, purpose }: ResetLinkRow): Promise<boolean> {
  const first = await tx.sql('reset_link').where({ id, usedAt: null }).update({ usedAt: tx.sql.fn.now() });
  await tx.sql('reset_link').where({ personId, purpose, usedAt: null }).update({ usedAt: tx.sql.fn.now() });
  return first === 1;
}
