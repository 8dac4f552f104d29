/** Authenticator apps: RFC 6238 with SHA-1, 6 digits, 30 seconds and a 160-bit secret, by the database's clock. */
import { generate, generateSecret, verify } from 'otplib';
import type { Db } from './connect.ts';
import { person, sealFor } from './people.ts';
import { equal } from './secrets.ts';

const PERIOD_S = 30;
/**
 * One step back and one ahead are accepted, for inaccurate clocks and slow typing: a deliberate deviation from the 30
 * seconds of ASVS 6.5.5, see docs/security.md.
 */
const TOLERANCE_S = PERIOD_S;

const place = (row: string) => ({ table: 'app_factor', column: 'secret', row });

/** Creates the person's secret, once: it never changes, not even after wrong tokens. */
export async function addAppSecret(tx: Db, personId: string): Promise<void> {
  const secret = sealFor(tx, await person(tx, personId)).seal(generateSecret(), place(personId));
  await tx.sql('app_factor').insert({ personId, secret }).onConflict('personId').ignore();
}

/** The person's secret in base32. The password step created it, so showing the page writes nothing. */
export async function appSecret(db: Db, personId: string): Promise<string> {
  const row = await db.sql('app_factor').where({ personId }).first();
  if (!row) throw new Error('a person at the second factor has no secret');
  return sealFor(db, await person(db, personId)).open(row.secret, place(personId));
}

/**
 * Checks a typed token and marks its time step as used, so no token is accepted twice (RFC 6238, 5.2). The row is
 * locked: of many simultaneous requests with the same token, exactly one succeeds.
 */
export async function checkToken(tx: Db, personId: string, typed: string): Promise<boolean> {
  const row = await tx.sql('app_factor').where({ personId }).forUpdate().first();
  if (!row || !/^\d{6}$/.test(typed)) return false;
  const secret = sealFor(tx, await person(tx, personId)).open(row.secret, place(personId));
  const { rows } = await tx.sql.raw<{ epoch: number }>(
    'select floor(extract(epoch from clock_timestamp()))::int as epoch',
  );
  const step = await acceptedStep({
    secret,
    token: typed,
    epoch: rows[0]!.epoch,
    lastStep: Number(row.lastStep),
  });
  if (step === undefined) return false;
  await tx
    .sql('app_factor')
    .where({ personId })
    .update({ lastStep: String(step), verifiedAt: row.verifiedAt ?? tx.sql.fn.now() });
  return true;
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

/** Whether the typed token is the one this person used last. */
export async function isLastUsedToken(db: Db, personId: string, typed: string): Promise<boolean> {
  const row = await db.sql('app_factor').where({ personId }).first();
  if (!row || Number(row.lastStep) === 0) return false;
  const secret = sealFor(db, await person(db, personId)).open(row.secret, place(personId));
  return equal(await generate({ secret, epoch: Number(row.lastStep) * PERIOD_S }), typed);
}

/** Removes all second factors of the person and creates a new secret for an app. */
export async function removeFactors(tx: Db, personId: string): Promise<void> {
  for (const table of ['sms_factor', 'app_factor'] as const) await tx.sql(table).where({ personId }).delete();
  await addAppSecret(tx, personId);
}
