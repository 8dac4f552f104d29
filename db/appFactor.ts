/** Authenticator apps: RFC 6238 with SHA-1, 6 digits, 30 seconds and a 160-bit secret, by the database's clock. */
import { generate, generateSecret, verify } from 'otplib';
import type { Db } from './connect.ts';
import { type Keyed, person, sealFor } from './people.ts';
import { equal } from './secrets.ts';
import type { Write } from './together.ts';

const PERIOD_S = 30;
/**
 * One step back and one ahead are accepted, for inaccurate clocks and slow typing: a deliberate deviation from the 30
 * seconds of ASVS 6.5.5, see docs/security.md.
 */
const TOLERANCE_S = PERIOD_S;

const place = (row: string) => ({ table: 'app_factor', column: 'secret', row });

/** Makes the person's secret, once: it stays the same ever after, also after wrong tokens. */
export function addAppSecret(tx: Db, of: Keyed) {
  const personId = of.id;
  const secret = sealFor(tx, of).seal(generateSecret(), place(personId));
  return tx.sql('app_factor').insert({ personId, secret }).onConflict('personId').ignore();
}

/** The person's secret in base32. It is there since the password step, so showing its page writes nothing. */
export async function appSecret(db: Db, of: Keyed): Promise<string> {
  const row = await db.sql('app_factor').where({ personId: of.id }).first('secret');
  if (!row) throw new Error('a person at the second factor has no secret');
  return openedSecret(db, of, row.secret);
}

const openedSecret = (db: Db, of: Keyed, secret: string): string =>
  sealFor(db, of).open(secret, place(of.id));

/**
 * Checks a typed token. A right one gives the write that uses up its time step, so no token is accepted twice (RFC 6238,
 * 5.2). The row is locked until then: of many at once with the same token, one is right.
 */
export async function checkToken(tx: Db, of: Keyed, typed: string): Promise<{ writes: Write[] } | undefined> {
  const personId = of.id;
  const epochNow = tx.sql.raw<{ epoch: number }>(
    'floor(extract(epoch from clock_timestamp()))::int as epoch',
  );
  const row = await tx.sql('app_factor').where({ personId }).forUpdate().first('*', epochNow);
  if (!row || !/^\d{6}$/.test(typed)) return undefined;
  const step = await acceptedStep({
    secret: openedSecret(tx, of, row.secret),
    token: typed,
    epoch: row.epoch,
    lastStep: Number(row.lastStep),
  });
  if (step === undefined) return undefined;
  const used = { lastStep: String(step), verifiedAt: row.verifiedAt ?? tx.sql.fn.now() };
  return { writes: [tx.sql('app_factor').where({ personId }).update(used)] };
}

async function acceptedStep(given: {
  secret: string;
  token: string;
  epoch: number;
  lastStep: number;
}): Promise<number | undefined> {
  const { secret, token, epoch, lastStep } = given;
  // After a restore, or when a clock was set back, the last used step can lie in the future; otplib throws on that.
  if (lastStep > epoch / PERIOD_S + 1) return undefined;
  const afterTimeStep = lastStep > 0 ? lastStep : undefined;
  const result = await verify({ secret, token, epoch, epochTolerance: TOLERANCE_S, afterTimeStep });
  return result.valid && 'timeStep' in result ? result.timeStep : undefined;
}

export async function appFactorIsSet(db: Db, personId: string): Promise<boolean> {
  return Boolean(await db.sql('app_factor').where({ personId }).whereNotNull('verifiedAt').first('personId'));
}

/** The token that this person used last, if it is the typed one. */
export async function isLastUsedToken(db: Db, of: Keyed, typed: string): Promise<boolean> {
  const row = await db.sql('app_factor').where({ personId: of.id }).first();
  if (!row || Number(row.lastStep) === 0) return false;
  const secret = openedSecret(db, of, row.secret);
  return equal(await generate({ secret, epoch: Number(row.lastStep) * PERIOD_S }), typed);
}

/** Removes all second factors of the person and creates a new secret for an app. */
export async function removeFactors(tx: Db, personId: string): Promise<void> {
  for (const table of ['sms_factor', 'app_factor'] as const) await tx.sql(table).where({ personId }).delete();
  await addAppSecret(tx, await person(tx, personId));
}
