/** Setting up a second factor: two steps of the onboarding, of which one may be skipped. */
import { audit } from '../../db/audit.ts';
import type { Db } from '../../db/connect.ts';
import type { Check, Factor } from '../../db/factorProofs.ts';
import { type Change, factsOf } from '../../db/onboardings.ts';
import { tellOldNumber } from '../../db/securityNotices.ts';
import { nextTokenOf, stepUpWrite } from '../../db/sessions.ts';
import { setVerifiedPhone, verifiedPhone, voidCodesElsewhere } from '../../db/smsCodes.ts';
import { dropTemporaryPasswords } from '../../db/temporaryPasswords.ts';
import type { Write } from '../../db/together.ts';
import { skipLeavesNoWay } from '../../domain/steps.ts';
import { type Ctx, participant, type Web } from '../context.ts';
import { PATHS, takeStep, toCurrentStep } from '../middleware/guard.ts';
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

const codeRequested = (smsCodeId: string, besides: Write[]): Change => ({
  signal: 'smsRequested',
  event: 'sms.requested',
  facts: { smsSkipped: false },
  details: { smsCodeId },
  smsCodeId,
  besides,
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
    const { row, refused } = await takeStep<keyof typeof CODE_REFUSED>(ctx, web, async (tx, before) => {
      const added = await add(tx);
      if ('id' in added) return codeRequested(added.id, added.writes);
      return added.refused === 'too-many' && !before.codesRefusedAt
        ? NO_MORE_CODES
        : { refused: added.refused };
    });
    if (refused) return refused === 'not-open' ? 'requested' : CODE_REFUSED[refused];
    // A code that was asked for ends an earlier refusal, so it stands in the row only when this one was refused.
    return row.codesRefusedAt ? 'too-many-today' : 'requested';
  },

  async recordCheck<Refusal extends string>(
    ctx: Ctx,
    { factor, check }: { factor: Factor; check: Check<Refusal> },
  ): Promise<Outcome<Refusal>> {
    const { session } = participant(ctx);
    const { refused } = await takeStep<Refusal | 'not-awaited'>(ctx, web, async (tx, row) => {
      if (factor === 'app' && row.appVerifiedAt) return { refused: 'not-awaited' };
      const checked = await check(tx);
      // A second click: the code was right a moment ago.
      if (checked.verdict === 'none' && row.smsVerifiedAt) return { refused: 'not-awaited' };
      if (!('writes' in checked)) {
        if (COMPARED.has(checked.verdict)) await auditRefused(tx, row.personId, factor, checked.verdict);
        return { refused: checked.verdict };
      }
      const { phone, writes } = checked;
      const number = phone
        ? await numberWrites(tx, ctx, { isReplaced: row.smsVerifiedAt !== null, phone })
        : [];
      const raised = stepUpWrite(tx, session, ['factor']);
      return {
        ...VERIFIED[factor],
        besides: [...writes, ...number, dropTemporaryPasswords(tx, row.id), raised],
      };
    });
    if (!refused) return { outcome: 'verified', token: nextTokenOf(web.db, session) };
    return { outcome: refused === 'not-open' ? 'not-awaited' : refused };
  },

  afterwards: toCurrentStep,
});

/** Outcomes of a comparison, which are limited because each attempt is counted. Success is the step itself. */
const COMPARED: ReadonlySet<string> = new Set(['wrong', 'wrong-clock']);

const auditRefused = (tx: Db, personId: string, factor: Factor, verdict: string): Promise<void> =>
  audit(tx, { event: `${factor}.refused`, personId, details: { verdict } });

/** The number is verified. One that it replaces is told, and codes that were asked for elsewhere count no longer. */
async function numberWrites(
  tx: Db,
  ctx: Ctx,
  { isReplaced, phone }: { isReplaced: boolean; phone: string },
): Promise<Write[]> {
  const { session, person } = participant(ctx);
  const before = isReplaced ? await verifiedPhone(tx, person.id) : undefined;
  if (before && before !== phone)
    await tellOldNumber(tx, { personId: person.id, phone: before, device: deviceOf(ctx) });
  return [
    setVerifiedPhone(tx, person, phone),
    voidCodesElsewhere(tx, { personId: person.id, challenge: session.challenge }),
  ];
}

/**
 * Goes on to the next step. `no-way-left`: nothing was done or answered, because the other factor was skipped as well.
 */
export async function skipFactor(ctx: Ctx, web: Web, factor: Factor): Promise<'skipped' | 'no-way-left'> {
  const { refused } = await takeStep<'already' | 'no-way-left'>(ctx, web, async (_tx, row) => {
    if (row[`${factor}SkippedAt`] || row[`${factor}VerifiedAt`]) return { refused: 'already' };
    if (skipLeavesNoWay(factsOf(row), factor)) return { refused: 'no-way-left' };
    return SKIPPED[factor];
  });
  if (refused === 'no-way-left') return refused;
  toCurrentStep(ctx);
  return 'skipped';
}
