/** Proving a second factor that is set up: at sign-in, when the onboarding goes on elsewhere, and for a new password. */
import type Koa from 'koa';
import { appFactorIsSet } from '../../db/appFactor.ts';
import { audit } from '../../db/audit.ts';
import { transaction } from '../../db/connect.ts';
import { putInOutbox } from '../../db/outbox.ts';
import { stepUp } from '../../db/sessions.ts';
import { verifiedPhone } from '../../db/smsCodes.ts';
import { type Budget, forgetFactorTries } from '../../db/wrongFactors.ts';
import { type Ctx, type State, seeOther, type Web } from '../context.ts';
import { isClosedHere } from './guessing.ts';
import { CODE_REFUSED, type FactorPurpose, sessionOf } from './purpose.ts';
import { requestCode } from './smsRequest.ts';

/** `path`: the pages stand below it. `guard` lets through whoever has proven everything but the second factor. */
type Place = Pick<FactorPurpose, 'onboarding' | 'afterwards'> & {
  name: Budget;
  path: string;
  guard: Koa.Middleware<State>;
};

export const proving = ({ db }: Web, { path, guard, ...place }: Place): FactorPurpose => ({
  ...place,
  codePath: `${path}/sms`,
  tokenPath: `${path}/app`,
  guards: { sms: guard, app: guard },

  phone: (ctx) => verifiedPhone(db, sessionOf(ctx).personId),
  async canUse(ctx, factor) {
    const { personId } = sessionOf(ctx);
    return factor === 'app' ? appFactorIsSet(db, personId) : Boolean(await verifiedPhone(db, personId));
  },

  async recordRequest(ctx, add) {
    const { personId } = sessionOf(ctx);
    return transaction(db, async (tx) => {
      // One at a time for a person, so two clicks at once send one SMS.
      await tx.sql('sms_factor').where({ personId }).forUpdate().first();
      const added = await add(tx);
      if ('refused' in added) return CODE_REFUSED[added.refused];
      await putInOutbox(tx, { workflow: 'signInCode', subjectId: added.id });
      await audit(tx, { event: 'sms.requested', personId, details: { smsCodeId: added.id } });
      return 'requested';
    });
  },

  async recordCheck(ctx, { factor, check }) {
    const session = sessionOf(ctx);
    return transaction(db, async (tx) => {
      const { verdict } = await check(tx);
      await audit(tx, {
        event: `${factor}.${verdict === 'right' ? 'proven' : 'refused'}`,
        personId: session.personId,
        details: factor === 'sms' ? { verdict } : undefined,
      });
      if (verdict !== 'right') return { outcome: verdict };
      await forgetFactorTries(tx, {
        personId: session.personId,
        sessionId: session.id,
        budget: place.name,
      });
      return { outcome: 'verified', token: await stepUp(tx, session, ['factor']) };
    });
  },
});

/** Sends somebody to the factor that is set up, the safer one first. An SMS leaves only from a POST. */
export async function toFactor(ctx: Ctx, web: Web, purpose: FactorPurpose): Promise<void> {
  if (purpose.name !== 'enrol' && (await isClosedHere(ctx, web, purpose.name))) return;
  if (await purpose.canUse(ctx, 'app')) return seeOther(ctx, purpose.tokenPath);
  const phone = await purpose.phone(ctx);
  if (!phone) return seeOther(ctx, purpose.tokenPath);
  if (ctx.method === 'POST') await requestCode(ctx, web, purpose, phone);
  seeOther(ctx, purpose.codePath);
}
