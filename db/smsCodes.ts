/**
 * One-time codes by SMS. The code is derived from its row, the number is sealed, and attempts are counted before
 * comparing.
 */
import { randomUUID } from 'node:crypto';
import type { ReadSnapshot, SmsOutcome } from '../domain/snapshot.ts';
import { type Db, transaction } from './connect.ts';
import {
  findAndLockOnboarding,
  lockOnboardingOf,
  type Onboarding,
  readSnapshotOf,
  signalSnapshot,
  writeOnboarding,
} from './onboardings.ts';
import { type Person, person, sealFor } from './people.ts';
import { equal } from './secrets.ts';
import type { SmsFailure } from './smsFailures.ts';
import { countForLimits, type SmsLimit, type SmsLimits } from './smsLimits.ts';
import type { SmsCodeRow } from './tables.ts';

export type Purpose = SmsCodeRow['purpose'];

/** Who requests a code, for what, and the session's challenge, which stays the same when its token changes. */
export type Asking = { personId: string; purpose: Purpose; challenge: string };

/** `phone` is in clear here and sealed in the row. */
export type SmsCode = SmsCodeRow & Age;

/** By the database's clock. */
type Age = {
  expired: boolean;
  /** Remaining lifetime; negative when expired. */
  secondsLeft: number;
  /** Since it was sent, or since it was requested while it is on its way. */
  secondsWaited: number;
};

export type SmsRules = SmsLimits & {
  ttlMs: number;
  /** Waits before the second, third, … SMS, in milliseconds. The last one repeats. */
  resendAfterMs: readonly number[];
  /** Wrong codes that are compared; any after that are refused. */
  attempts: number;
  /** Challenges of one person that may have a live code at once; the oldest ones win. */
  challenges: number;
};

const codePlace = (row: string) => ({ table: 'sms_code', column: 'phone', row });
const factorPlace = (row: string) => ({ table: 'sms_factor', column: 'phone', row });

const LIFE_BEGAN = 'coalesce(sent_at, requested_at)';
const withAge = (db: Db, ttlMs: number) =>
  db.sql.raw<SmsCodeRow & Age>(
    `*, ${LIFE_BEGAN} + :ttlMs * interval '1 millisecond' <= now() as expired,
      extract(epoch from ${LIFE_BEGAN} + :ttlMs * interval '1 millisecond' - now())::float as seconds_left,
      extract(epoch from now() - ${LIFE_BEGAN})::float as seconds_waited`,
    { ttlMs },
  );

async function opened(db: Db, row: SmsCode | undefined): Promise<SmsCode | undefined> {
  if (!row) return undefined;
  const phone = sealFor(db, await person(db, row.personId)).open(row.phone, codePlace(row.id));
  return { ...row, phone };
}

/** The newest code, the only one of its challenge that is valid. Without a challenge: the newest of all. */
export async function newestSmsCode(
  db: Db,
  { personId, purpose, challenge, ttlMs }: Omit<Asking, 'challenge'> & { challenge?: string; ttlMs: number },
): Promise<SmsCode | undefined> {
  const row = await db
    .sql('sms_code')
    .where({ personId, purpose, ...(challenge && { challenge }) })
    .orderBy('requestedAt', 'desc')
    .first(withAge(db, ttlMs));
  return opened(db, row);
}

export async function smsCode(db: Db, id: string, ttlMs: number): Promise<SmsCode | undefined> {
  const row = await db.sql('sms_code').where({ id }).first(withAge(db, ttlMs));
  return opened(db, row);
}

/**
 * Whether this code is no longer valid, because a newer one of its challenge was requested or the number was voided.
 */
export async function isSuperseded(
  db: Db,
  { id, personId, purpose, challenge }: SmsCodeRow,
): Promise<boolean> {
  const newest = await db
    .sql('sms_code')
    .where({ personId, purpose, challenge })
    .orderBy('requestedAt', 'desc')
    .first('id');
  return newest?.id !== id;
}

/**
 * Seconds until another SMS may be requested here, to any number; 0 when it may be now. Counted from when the last one
 * was sent, or requested while it is on its way, so that two clicks send one SMS. A failed SMS costs no wait. The wait
 * grows with each SMS sent to this person in the last hour.
 */
export async function secondsUntilResend(
  db: Db,
  { personId, purpose, challenge, rules }: Asking & { rules: SmsRules },
): Promise<number> {
  const newest = await newestSmsCode(db, { personId, purpose, challenge, ttlMs: rules.ttlMs });
  if (!newest || newest.failedAt || newest.usedAt) return 0;
  const { before } = (await db
    .sql('sms_code')
    .where({ personId, purpose, failedAt: null })
    .whereNot({ id: newest.id })
    .andWhereRaw(`sent_at > now() - interval '1 hour'`)
    .first(db.sql.raw<{ before: number }>('count(*)::int as before')))!;
  const waitMs = rules.resendAfterMs[Math.min(before, rules.resendAfterMs.length - 1)] ?? 0;
  return Math.max(0, Math.ceil(waitMs / 1000 - newest.secondsWaited));
}

/**
 * `too-many`: `limit` was reached (web counts the one for the network). `elsewhere`: other sessions already have as
 * many live codes as are allowed.
 */
export type AddedCode =
  | { id: string }
  | { refused: 'wait'; waitS: number }
  | { refused: 'too-many'; limit: SmsLimit | 'sms-network' }
  | { refused: 'elsewhere' };

/** Requests a code to `phone` (E.164). An activity sends the SMS. */
export async function addSmsCode(
  tx: Db,
  { phone, rules, ...asking }: Asking & { phone: string; rules: SmsRules },
): Promise<AddedCode> {
  const { personId } = asking;
  const waitS = await secondsUntilResend(tx, { ...asking, rules });
  if (waitS > 0) return { refused: 'wait', waitS };
  if ((await liveElsewhere(tx, asking, rules)) >= rules.challenges) return { refused: 'elsewhere' };
  const isOwn = phone === (await verifiedPhone(tx, personId));
  const counted = await countForLimits(tx, { personId, phone, isOwn, limits: rules });
  if ('reached' in counted) return { refused: 'too-many', limit: counted.reached };
  await supersede(tx, asking);
  const id = randomUUID();
  // clock_timestamp() keeps two codes of one transaction in order.
  await tx.sql('sms_code').insert({
    id,
    ...asking,
    ...counted,
    keyId: tx.secrets.keyId,
    phone: sealFor(tx, await person(tx, personId)).seal(phone, codePlace(id)),
    requestedAt: tx.sql.raw('clock_timestamp()'),
  });
  return { id };
}

/** This person's other challenges whose code can still be entered. */
async function liveElsewhere(tx: Db, { personId, challenge }: Asking, rules: SmsRules): Promise<number> {
  const found = await tx
    .sql('sms_code')
    .where({ personId, usedAt: null, failedAt: null })
    .whereNot({ challenge })
    .andWhere('tries', '<', rules.attempts)
    .andWhereRaw(`${LIFE_BEGAN} + ? * interval '1 millisecond' > now()`, [rules.ttlMs])
    .first(tx.sql.raw<{ live: number }>('count(distinct challenge)::int as live'));
  return found!.live;
}

/**
 * Codes of this challenge that were not sent yet are not sent any more, and count towards no limit. During onboarding
 * this covers all challenges, because the workflow sends only the newest code; the other sessions are told.
 */
async function supersede(tx: Db, { personId, purpose, challenge }: Asking): Promise<void> {
  await tx
    .sql('sms_code')
    .where({ personId, purpose, ...(purpose !== 'enrol' && { challenge }) })
    .andWhere({ sentAt: null, failedAt: null, usedAt: null })
    .update({ failedAt: tx.sql.fn.now(), failure: 'superseded' });
}

export type CodeVerdict = 'right' | 'wrong' | 'expired' | 'too-many' | 'none';

/**
 * Checks an entered code against the newest one of its challenge. The attempt is counted in the statement that fetches
 * the row, before comparing, so 200 simultaneous guesses get no more comparisons than sequential ones. A right code is
 * used up in the same transaction. The caller must not roll back after a wrong one.
 */
export async function checkSmsCode(
  tx: Db,
  { typed, rules, ...asking }: Asking & { typed: string; rules: SmsRules },
): Promise<{ verdict: 'right'; phone: string } | { verdict: Exclude<CodeVerdict, 'right'> }> {
  const newest = await newestSmsCode(tx, { ...asking, ttlMs: rules.ttlMs });
  if (!newest || newest.usedAt) return { verdict: 'none' };
  if (newest.expired) return { verdict: 'expired' };
  const [counted] = await tx
    .sql('sms_code')
    .where({ id: newest.id, usedAt: null })
    .andWhere('tries', '<', rules.attempts)
    .increment('tries', 1)
    .returning(['id', 'keyId']);
  if (!counted) return { verdict: 'too-many' };
  if (!equal(tx.secrets.smsCode(counted), typed)) return { verdict: 'wrong' };
  const used = await tx
    .sql('sms_code')
    .where({ id: newest.id, usedAt: null })
    .update({ usedAt: tx.sql.fn.now() });
  return used === 1 ? { verdict: 'right', phone: newest.phone } : { verdict: 'none' };
}

/**
 * Records that the SMS was sent. If its receipt came first, that says more and is kept. Returns whether it has failed
 * by now.
 */
export async function markSmsSent(db: Db, id: string, providerId: string): Promise<{ failed: boolean }> {
  await db
    .sql('sms_code')
    .where({ id })
    .whereRaw('provider_id is distinct from ?', [providerId])
    .update({ sentAt: db.sql.raw('coalesce(sent_at, now())'), providerId, failedAt: null, failure: null });
  const row = await db.sql('sms_code').where({ id }).first('failedAt');
  return { failed: Boolean(row?.failedAt) };
}

export async function markSmsFailed(db: Db, id: string, failure: SmsFailure): Promise<void> {
  await db.sql('sms_code').where({ id, sentAt: null }).update({ failedAt: db.sql.fn.now(), failure });
}

/** What sending and receipts say about a code so far. */
const outcomeOf = ({ failedAt, sentAt }: SmsCodeRow): SmsOutcome | null =>
  failedAt ? 'failed' : sentAt ? 'sent' : null;

/**
 * Writes the outcome of the newest code to its onboarding, whose row is locked; undefined when the outcome is already
 * known.
 */
async function writeOutcome(tx: Db, row: Onboarding, code: SmsCodeRow): Promise<Onboarding | undefined> {
  const smsOutcome = outcomeOf(code);
  if (row.smsCodeId !== code.id || row.smsOutcome === smsOutcome) return undefined;
  return writeOnboarding(tx, row, { smsOutcome });
}

/**
 * Sending a code has ended, and the onboarding records how. A code that could not be tried in time counts as too late.
 * Undefined when the person was erased.
 */
export async function recordSmsSending(
  db: Db,
  { onboardingId, smsCodeId: id }: { onboardingId: string; smsCodeId: string },
): Promise<ReadSnapshot | undefined> {
  return transaction(db, async (tx) => {
    const row = await findAndLockOnboarding(tx, onboardingId);
    if (!row) return undefined;
    const untried = tx.sql('sms_code').where({ id, sentAt: null, failedAt: null });
    await untried.update({ failedAt: tx.sql.fn.now(), failure: 'too-late' });
    const code = await tx.sql('sms_code').where({ id }).first();
    return readSnapshotOf((code && (await writeOutcome(tx, row, code))) ?? row);
  });
}

/** `smsCodeId`: taken from the callback URL; absent for SMS sent before 2026-11-25. */
type Receipt = { smsCodeId?: string; providerId: string; failure?: SmsFailure; reason?: string };

/**
 * Records a provider's receipt: delivered, or why not, with the provider's code as `reason`. It may arrive before we
 * have recorded that the SMS was sent; then it proves that, too. If this is the newest code, the workflow is told, so
 * that an operator sees it. Receipts of unknown SMS and repeats change nothing.
 */
export async function recordReceipt(db: Db, receipt: Receipt): Promise<void> {
  const { smsCodeId, providerId, reason = null, failure } = receipt;
  await transaction(db, async (tx) => {
    const known = await tx
      .sql('sms_code')
      .where(smsCodeId ? { id: smsCodeId } : { providerId })
      .first('personId');
    // Locked first, as everywhere.
    const row = known && (await lockOnboardingOf(tx, known.personId));
    const code = row && (await stamp(tx, receipt));
    if (!code) return;
    const tried = tx
      .sql('send_try')
      .where({ channel: 'sms', subjectId: code.id })
      .orderByRaw(`(outcome = 'accepted') desc nulls last, begun_at desc`);
    await tx
      .sql('send_try')
      .whereIn('id', tried.limit(1).select('id'))
      .update({ receipt: failure ? 'bounced' : 'delivered', receiptAt: tx.sql.fn.now(), reason });
    const written = await writeOutcome(tx, row, code);
    if (written) await signalSnapshot(tx, written, 'smsReceipt');
  });
}

/** Writes the receipt to its code; undefined when it says nothing new. */
async function stamp(tx: Db, { smsCodeId, providerId, failure }: Receipt): Promise<SmsCodeRow | undefined> {
  const now = tx.sql.fn.now();
  const handedOver = { sentAt: tx.sql.raw('coalesce(sent_at, now())'), providerId };
  const rows = tx
    .sql('sms_code')
    .where(smsCodeId ? { id: smsCodeId } : { providerId })
    .andWhere({ deliveredAt: null });
  const [code] = await (failure
    ? // An SMS of the same code that was handed over since may still arrive.
      rows
        .andWhereRaw('(provider_id is null or (provider_id = ? and failed_at is null))', [providerId])
        .update({ ...handedOver, failedAt: now, failure })
    : rows.update({ ...handedOver, deliveredAt: now, failedAt: null, failure: null })
  ).returning('*');
  return code;
}

/** The verified number; replaces the previous one. */
export async function setVerifiedPhone(tx: Db, to: Person, phone: string): Promise<void> {
  const personId = to.id;
  const sealed = sealFor(tx, to).seal(phone, factorPlace(personId));
  await tx
    .sql('sms_factor')
    .insert({ personId, phone: sealed })
    .onConflict('personId')
    .merge({ phone: sealed, verifiedAt: tx.sql.fn.now() });
}

/**
 * After a number was verified, codes that other sessions requested earlier for other numbers can no longer replace it.
 * They are detached from their session, but still count towards limits.
 */
export async function voidCodesElsewhere(
  tx: Db,
  { personId, challenge }: Pick<Asking, 'personId' | 'challenge'>,
): Promise<void> {
  await tx
    .sql('sms_code')
    .where({ personId, purpose: 'enrol', usedAt: null })
    .whereNot({ challenge })
    .update({ challenge: tx.sql.raw('gen_random_uuid()') });
}

export async function verifiedPhone(db: Db, personId: string): Promise<string | undefined> {
  const row = await db.sql('sms_factor').where({ personId }).first('phone');
  return row && sealFor(db, await person(db, personId)).open(row.phone, factorPlace(personId));
}

/** Whether the typed code is the one this person used last. */
export async function isLastUsedCode(db: Db, personId: string, typed: string): Promise<boolean> {
  const row = await db
    .sql('sms_code')
    .where({ personId })
    .whereNotNull('usedAt')
    .orderBy('usedAt', 'desc')
    .first('id', 'keyId');
  return row !== undefined && equal(db.secrets.smsCode(row), typed);
}
