/** Proving an existing second factor: at sign-in, when resuming the onboarding, and for a new password. */
import { appFactorIsSet } from '../../db/appFactor.ts';
import { recordCodeRequest, recordFactorProof } from '../../db/factorProofs.ts';
import { verifiedPhone } from '../../db/smsCodes.ts';
import type { Budget } from '../../db/wrongFactors.ts';
import { type Ctx, seeOther, sessionOf, type Web } from '../context.ts';
import { auditRefusal } from '../middleware/limits.ts';
import { isClosedHere } from './guessing.ts';
import { CODE_REFUSED, type FactorPurpose } from './purpose.ts';
import { requestCode } from './smsRequest.ts';

/** `path`: the prefix of its pages. */
type Place = Pick<FactorPurpose, 'onboarding' | 'afterwards'> & { name: Budget; path: string };

export const proving = (web: Web, { path, ...place }: Place): FactorPurpose => ({
  ...place,
  codePath: `${path}/sms`,
  tokenPath: `${path}/app`,

  phone: (ctx) => verifiedPhone(web.db, sessionOf(ctx).personId),
  async canUse(ctx, factor) {
    const { personId } = sessionOf(ctx);
    return factor === 'app'
      ? appFactorIsSet(web.db, personId)
      : Boolean(await verifiedPhone(web.db, personId));
  },

  async recordRequest(ctx, add) {
    const { id, personId } = sessionOf(ctx);
    const added = await recordCodeRequest(web.db, personId, add);
    if (!('refused' in added)) return 'requested';
    if (added.refused === 'too-many')
      await auditRefusal(web, 'no-codes', id, { event: 'sms.limited', personId });
    return CODE_REFUSED[added.refused];
  },

  async recordCheck(ctx, entered) {
    const given = { session: sessionOf(ctx), budget: place.name, ...entered };
    const proof = await recordFactorProof(web.db, given);
    return 'token' in proof ? { outcome: 'verified', token: proof.token } : { outcome: proof.refused };
  },
});

/** Redirects to an available factor, the safer one first. Only a POST sends an SMS. */
export async function toFactor(ctx: Ctx, web: Web, purpose: FactorPurpose): Promise<void> {
  if (purpose.name !== 'enrol' && (await isClosedHere(ctx, web, purpose.name))) return;
  if (await purpose.canUse(ctx, 'app')) return seeOther(ctx, purpose.tokenPath);
  const phone = await purpose.phone(ctx);
  if (!phone) return seeOther(ctx, purpose.tokenPath);
  if (ctx.method === 'POST') await requestCode(ctx, web, purpose, phone);
  seeOther(ctx, purpose.codePath);
}
