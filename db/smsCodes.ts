/**
 * One-time codes by SMS. The code is derived from its row, the number is sealed, and attempts are counted before
 * comparing.
 */
import { randomUUID } from 'node:crypto';
import type { Locale } from '../domain/locale.ts';
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
import { type Keyed, sealFor } from './people.ts';
import { equal } from './secrets.ts';
import type { SmsFailure } from './smsFailures.ts';
import { countForLimits, type SmsLimit, type SmsLimits } from './smsLimits.ts';
import type { PersonRow, SmsCodeRow } from './tables.ts';
import type { Write } from './together.ts';

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
  /** SMS for the same purpose that this person was sent in the last hour, besides this one. */
  sentBefore: number;
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

const LIFE_BEGAN = 'coalesce(sms_code.sent_at, sms_code.requested_at)';
/** SQL: as `sentBefore`. A failed one costs no wait. */
const SENT_BEFORE = `(select count(*) from sms_code as other
  where other.person_id = sms_code.person_id and other.purpose = sms_code.purpose and other.id <> sms_code.id
    and other.failed_at is null and other.sent_at > now() - interval '1 hour')::int`;

const codeRows = (db: Db, ttlMs: number) =>
  db
    .sql('sms_code')
    .join('person', 'person.id', 'sms_code.personId')
    .select(
      'sms_code.*',
      'dataKey',
      db.sql.raw<Age>(
        `${LIFE_BEGAN} + :ttlMs * interval '1 millisecond' <= now() as expired,
        extract(epoch from ${LIFE_BEGAN} + :ttlMs * interval '1 millisecond' - now())::float as seconds_left,
        extract(epoch from now() - ${LIFE_BEGAN})::float as seconds_waited, ${SENT_BEFORE} as sent_before`,
        { ttlMs },
      ),
    );

function opened(db: Db, row: SmsCodeRow & Age & Pick<PersonRow, 'dataKey'>): SmsCode {
  const { dataKey, ...code } = row;
  const phone = sealFor(db, { id: code.personId, dataKey }).open(code.phone, codePlace(code.id));
  return { ...code, phone };
}

/** The newest code, the only one of its challenge that is valid. Without a challenge: the newest of all. */
export async function newestSmsCode(
  db: Db,
  { personId, purpose, challenge, ttlMs }: Omit<Asking, 'challenge'> & { challenge?: string; ttlMs: number },
): Promise<SmsCode | undefined> {
  const rows = codeRows(db, ttlMs).where({ personId, purpose, ...(challenge && { challenge }) });
  const row = await rows.orderBy('requestedAt', 'desc').first();
  return row && opened(db, row);
}

/**
 * A code with what its SMS says. `isSuperseded`: a newer code of the same challenge was asked for, and this one counts no
 * longer. `organisation`: from which the person has the invitation; null: there is none.
 */
export type CodeToSend = SmsCode & { isSuperseded: boolean; locale: Locale; organisation: string | null };

export async function codeToSend(db: Db, id: string, ttlMs: number): Promise<CodeToSend | undefined> {
  const row = await codeRows(db, ttlMs)
    .leftJoin('onboarding', 'onboarding.personId', 'sms_code.personId')
    .leftJoin('client', 'client.id', 'onboarding.clientId')
    .where({ 'sms_code.id': id })
    .first(
      'locale',
      'name as organisation',
      db.sql.raw<{ isSuperseded: boolean }>(
        `exists(select from sms_code as newer where newer.person_id = sms_code.person_id
          and newer.purpose = sms_code.purpose and newer.challenge = sms_code.challenge
          and newer.requested_at > sms_code.requested_at) as is_superseded`,
      ),
    );
  if (!row) return undefined;
  const { isSuperseded, locale, organisation, ...code } = row;
  return { ...opened(db, code), isSuperseded, locale, organisation };
}

/**
 * Seconds until another SMS may be asked for where `newest` was, to whichever number; 0 when it may now. They count from
 * when it was handed over; while it is on its way from when it was asked for, so that two clicks send one SMS. A failed one
 * costs no wait. The wait grows with every SMS to this person that was handed over in the last hour.
 */
export function secondsUntilResend(newest: SmsCode | undefined, { resendAfterMs }: SmsRules): number {
  if (!newest || newest.failedAt || newest.usedAt) return 0;
  const waitMs = resendAfterMs[Math.min(newest.sentBefore, resendAfterMs.length - 1)] ?? 0;
  return Math.max(0, Math.ceil(waitMs / 1000 - newest.secondsWaited));
}

/**
 * `too-many`: `limit` was reached (web counts the one for the network). `elsewhere`: other sessions already have as
 * many live codes as are allowed.
 */
export type AddedCode =
  | { id: string; writes: Write[] }
  | { refused: 'wait'; waitS: number }
  | { refused: 'too-many'; limit: SmsLimit | 'sms-network' }
  | { refused: 'elsewhere' };

/** Asks for a code to `phone` (E.164): the writes that add it. The SMS itself is sent by an activity. */
export async function addSmsCode(
  tx: Db,
  { phone, rules, ...asking }: Asking & { phone: string; rules: SmsRules },
): Promise<AddedCode> {
  const { personId } = asking;
  const waitS = secondsUntilResend(await newestSmsCode(tx, { ...asking, ttlMs: rules.ttlMs }), rules);
  if (waitS > 0) return { refused: 'wait', waitS };
  const { liveElsewhere, dataKey, ownPhone, ...by } = await whoAsks(tx, asking, rules);
  if (liveElsewhere >= rules.challenges) return { refused: 'elsewhere' };
  const seal = sealFor(tx, { id: personId, dataKey });
  const isOwn = ownPhone !== null && phone === seal.open(ownPhone, factorPlace(personId));
  const counted = await countForLimits(tx, { personId, ...by, phone, isOwn, limits: rules });
  if ('reached' in counted) return { refused: 'too-many', limit: counted.reached };
  const id = randomUUID();
  const code = tx.sql('sms_code').insert({
    id,
    ...asking,
    ...counted,
    keyId: tx.secrets.keyId,
    phone: seal.seal(phone, codePlace(id)),
    // Two codes asked for in one transaction still have an order.
    requestedAt: tx.sql.raw('clock_timestamp()'),
  });
  return { id, writes: [supersede(tx, asking), code] };
}

/** `liveElsewhere`: other challenges of the person whose code can still be entered. */
async function whoAsks(tx: Db, { personId, challenge }: Asking, rules: SmsRules) {
  const live = tx.sql.raw<{ liveElsewhere: number }>(
    `(select count(distinct challenge) from sms_code
      where person_id = person.id and used_at is null and failed_at is null and challenge <> :challenge
        and tries < :tries and ${LIFE_BEGAN} + :ttlMs * interval '1 millisecond' > now())::int as live_elsewhere`,
    { challenge, tries: rules.attempts, ttlMs: rules.ttlMs },
  );
  const row = await tx
    .sql('person')
    .leftJoin('onboarding', 'onboarding.personId', 'person.id')
    .leftJoin('sms_factor', 'sms_factor.personId', 'person.id')
    .where({ 'person.id': personId })
    .first('dataKey', 'clientId', 'codesAllowedFrom', 'phone as ownPhone', live);
  if (!row) throw new Error('no such person');
  return row;
}

/**
 * Codes of this challenge that were not sent yet are not sent any more, and count towards no limit. During onboarding
 * this covers all challenges, because the workflow sends only the newest code; the other sessions are told.
 */
const supersede = (tx: Db, { personId, purpose, challenge }: Asking) =>
  tx
    .sql('sms_code')
    .where({ personId, purpose, ...(purpose !== 'enrol' && { challenge }) })
    .andWhere({ sentAt: null, failedAt: null, usedAt: null })
    .update({ failedAt: tx.sql.fn.now(), failure: 'superseded' });

export type CodeVerdict = 'right' | 'wrong' | 'expired' | 'too-many' | 'none';

/**
 * Checks an entered code against the newest one of its challenge. The try is counted in the statement that fetches the
 * row, before anything is compared, so 200 guesses at once get no more comparisons than one after the other. The row is
 * locked from then on, and a right code is used up by the writes that come with it. The caller must not roll back on a
 * wrong one.
 */
export async function checkSmsCode(
  tx: Db,
  { typed, rules, ...asking }: Asking & { typed: string; rules: SmsRules },
): Promise<
  { verdict: 'right'; phone: string; writes: Write[] } | { verdict: Exclude<CodeVerdict, 'right'> }
> {
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
  const used = tx.sql('sms_code').where({ id: newest.id }).update({ usedAt: tx.sql.fn.now() });
  return { verdict: 'right', phone: newest.phone, writes: [used] };
}

/**
 * Records that the SMS was sent. If its receipt came first, that says more and is kept. Returns whether it has failed
 * by now.
 */
export async function markSmsSent(db: Db, id: string, providerId: string): Promise<{ failed: boolean }> {
  const isTold = db.sql.raw('provider_id is not distinct from ?', [providerId]);
  const unlessTold = (column: string) => db.sql.raw('case when ? then ?? end', [isTold, column]);
  const [row] = await db
    .sql('sms_code')
    .where({ id })
    .update({
      sentAt: db.sql.raw('coalesce(sent_at, now())'),
      providerId,
      failedAt: unlessTold('failed_at'),
      failure: unlessTold('failure'),
    })
    .returning(['failedAt']);
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
    // Nobody could try to send it: it is too late.
    const [code] = await tx
      .sql('sms_code')
      .where({ id })
      .update({
        failure: tx.sql.raw(
          `case when sent_at is null and failed_at is null then 'too-late' else failure end`,
        ),
        failedAt: tx.sql.raw('case when sent_at is null then coalesce(failed_at, now()) else failed_at end'),
      })
      .returning('*');
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

/** The verified number; replaces the one before. */
export function setVerifiedPhone(tx: Db, of: Keyed, phone: string) {
  const personId = of.id;
  const sealed = sealFor(tx, of).seal(phone, factorPlace(personId));
  return tx
    .sql('sms_factor')
    .insert({ personId, phone: sealed })
    .onConflict('personId')
    .merge({ phone: sealed, verifiedAt: tx.sql.fn.now() });
}

/**
 * After a number was verified, codes that other sessions requested earlier for other numbers can no longer replace it.
 * They are detached from their session, but still count towards limits.
 */
export const voidCodesElsewhere = (tx: Db, { personId, challenge }: Pick<Asking, 'personId' | 'challenge'>) =>
  tx
    .sql('sms_code')
    .where({ personId, purpose: 'enrol', usedAt: null })
    .whereNot({ challenge })
    .update({ challenge: tx.sql.raw('gen_random_uuid()') });

export async function verifiedPhone(db: Db, personId: string): Promise<string | undefined> {
  const row = await db
    .sql('sms_factor')
    .join('person', 'person.id', 'sms_factor.personId')
    .where({ personId })
    .first('phone', 'dataKey');
  return row && sealFor(db, { id: personId, dataKey: row.dataKey }).open(row.phone, factorPlace(personId));
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
