/** The details that the person entered, sealed as one text. */
import type { Db } from './connect.ts';
import { type Keyed, person, sealFor } from './people.ts';

export type Profile = {
  gender: 'unknown' | 'male' | 'female' | 'other';
  initials: string;
  firstName: string;
  prefix: string;
  lastName: string;
  /** `from` and `until`: dates as 2026-11-22, or null. */
  autoReply: { enabled: boolean; text: string; from: string | null; until: string | null };
};

const place = (row: string) => ({ table: 'profile', column: 'sealed', row });

export function saveProfile(tx: Db, of: Keyed, profile: Profile) {
  const personId = of.id;
  const sealed = sealFor(tx, of).seal(JSON.stringify(profile), place(personId));
  return tx
    .sql('profile')
    .insert({ personId, sealed })
    .onConflict('personId')
    .merge({ sealed, savedAt: tx.sql.fn.now() });
}

/** Opens the profile in a row with its person's key. */
export const openedProfile = (
  db: Db,
  { id, dataKey, sealed }: { id: string; dataKey: string; sealed: string },
): Profile => JSON.parse(sealFor(db, { id, dataKey }).open(sealed, place(id)));

export async function profile(db: Db, personId: string): Promise<Profile | undefined> {
  const row = await db.sql('profile').where({ personId }).first('sealed');
  return row && openedProfile(db, { ...(await person(db, personId)), sealed: row.sealed });
}
