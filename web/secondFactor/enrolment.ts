/** Setting up a second factor: two steps of the onboarding, of which one may be skipped. */
import { audit } from '../../db/audit.ts';
import type { Db } from '../../db/connect.ts';
import type { Check, Factor } from '../../db/factorProofs.ts';
import { type Change, factsOf, recordStep } from '../../db/onboardings.ts';
import { tellOldNumber } from '../../db/securityNotices.ts';
import { nextTokenOf, stepUp } from '../../db/sessions.ts';
import { setVerifiedPhone, verifiedPhone, voidCodesElsewhere } from '../../db/smsCodes.ts';
import { dropTemporaryPasswords } from '../../db/temporaryPasswords.ts';
import { skipLeavesNoWay } from '../../domain/steps.ts';
import { type Ctx, participant, type Web } from '../context.ts';
import { PATHS, toCurrentStep } from '../middleware/guard.ts';
import { deviceOf } from './guessing.ts';
import { CODE_REFUSED, type FactorPurpose, newestCode, type Outcome } from './purpose.ts';

const VERIFIED: Record<Factor, Change> = {
  sms: {
    signal: 'smsVerified',
    event: 'sms.verified',
    facts: { smsVerified: true, smsSkipped: false },
    tell: { type: 'onboarding.step_completed', data: { step: 'sms' } },
  },
  app: {
    signal: 'appVerified',
    event: 'app.verified',
    facts: { appVerified: true, appSkipped: false },
    tell: { type: 'onboarding.step_completed', data: { step: 'app' } },
  },
};

const SKIPPED: Record<Factor, Change> = {
  sms: { signal: 'smsSkipped', event: 'sms.skipped', facts: { smsSkipped: true } },
  app: { signal: 'appSkipped', event: 'app.skipped', facts: { appSkipped: true } },
};

/** Told to sender and operator when a limit was reached: once, until the person makes progress. */
const NO_MORE_CODES: Change = {
  signal: 'codesRefused',
  event: 'codes.refused',
  facts: { codesRefused: true },
  tell: { type: 'onboarding.stuck', data: { problem: 'too-many-codes' } },
};

const codeRequested = (smsCodeId: string): Change => ({
  signal: 'smsRequested',
  event: 'sms.requested',
  facts: { smsSkipped: false },
  details: { smsCodeId },
  smsCodeId,
});

export const enrolment = (web: Web): FactorPurpose => ({
  name: 'enrol',
  codePath: `${PATHS.sms}/code`,
  tokenPath: PATHS.app,
  onboarding: true,

  async phone(ctx) {
    return (await newestCode(ctx, web, this))?.phone;
  },
  canUse: async () => true,

  async recordRequest(ctx, add) {
    const { session, onboarding } = participant(ctx);
    const done = await recordStep<keyof typeof CODE_REFUSED>(
      web.db,
      { onboarding, session },
      async (tx, row) => {
        const added = await add(tx);
        if ('id' in added) return codeRequested(added.id);
        return added.refused === 'too-many' && !row.codesRefusedAt
          ? NO_MORE_CODES
          : { refused: added.refused };
      },
    );
    // A requested code clears an earlier refusal, so the row only has one when this request was refused.
    if ('row' in done) return done.row.codesRefusedAt ? 'too-many-today' : 'requested';
    return done.refused === 'not-open' ? 'requested' : CODE_REFUSED[done.refused];
  },

  async recordCheck<Refusal extends string>(
    ctx: Ctx,
    { factor, check }: { factor: Factor; check: Check<Refusal> },
  ): Promise<Outcome<Refusal>> {
    const { session, onboarding } = participant(ctx);
    const at = { onboarding, session };
    const done = await recordStep<Refusal | 'not-awaited'>(web.db, at, async (tx, row) => {
      if (factor === 'app' && row.appVerifiedAt) return { refused: 'not-awaited' };
      const checked = await check(tx);
      // A second click: the code was right a moment ago.
      if (checked.verdict === 'none' && row.smsVerifiedAt) return { refused: 'not-awaited' };
      if (checked.verdict !== 'right') {
        if (COMPARED.has(checked.verdict)) await auditRefused(tx, row.personId, factor, checked.verdict);
        return { refused: checked.verdict };
      }
      if (checked.phone)
        await setNumber(tx, ctx, { isReplaced: row.smsVerifiedAt !== null, phone: checked.phone });
      await dropTemporaryPasswords(tx, row.id);
      await stepUp(tx, session, ['factor']);
      return VERIFIED[factor];
    });
    if ('row' in done) return { outcome: 'verified', token: nextTokenOf(web.db, session) };
    return { outcome: done.refused === 'not-open' ? 'not-awaited' : done.refused };
  },

  afterwards: (ctx, { personId }) => toCurrentStep(ctx, web, personId),
});

/** Outcomes of a comparison, which are limited because each attempt is counted. Success is the step itself. */
const COMPARED: ReadonlySet<string> = new Set(['wrong', 'wrong-clock']);

const auditRefused = (tx: Db, personId: string, factor: Factor, verdict: string): Promise<void> =>
  audit(tx, { event: `${factor}.refused`, personId, details: { verdict } });

/**
 * The number is verified. The owner of a replaced number is notified, and codes requested in other sessions are void.
 */
async function setNumber(
  tx: Db,
  ctx: Ctx,
  { isReplaced, phone }: { isReplaced: boolean; phone: string },
): Promise<void> {
  const { session, person } = participant(ctx);
  const before = isReplaced ? await verifiedPhone(tx, person.id) : undefined;
  if (before && before !== phone)
    await tellOldNumber(tx, { personId: person.id, phone: before, device: deviceOf(ctx) });
  await setVerifiedPhone(tx, person, phone);
  await voidCodesElsewhere(tx, { personId: person.id, challenge: session.challenge });
}

/**
 * Goes on to the next step. `no-way-left`: nothing was done or answered, because the other factor was skipped as well.
 */
export async function skipFactor(ctx: Ctx, web: Web, factor: Factor): Promise<'skipped' | 'no-way-left'> {
  const { session, onboarding, person } = participant(ctx);
  const done = await recordStep<'already' | 'no-way-left'>(
    web.db,
    { onboarding, session },
    async (_tx, row) => {
      if (row[`${factor}SkippedAt`] || row[`${factor}VerifiedAt`]) return { refused: 'already' };
      if (skipLeavesNoWay(factsOf(row), factor)) return { refused: 'no-way-left' };
      return SKIPPED[factor];
    },
  );
  if ('refused' in done && done.refused === 'no-way-left') return 'no-way-left';
  await toCurrentStep(ctx, web, person.id);
  return 'skipped';
}
