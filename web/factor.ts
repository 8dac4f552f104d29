/** Proving a second factor that is set up: at sign-in, and when somebody goes on with the onboarding elsewhere. */
import { appFactorIsSet, checkToken } from '../db/appFactor.ts';
import { audit } from '../db/audit.ts';
import { transaction } from '../db/connect.ts';
import { putInOutbox } from '../db/outbox.ts';
import { type Session, stepUp } from '../db/sessions.ts';
import { addSmsCode, checkSmsCode, newestSmsCode, type SmsCode, verifiedPhone } from '../db/smsCodes.ts';
import { type Ctx, field, type Web } from './context.ts';
import { countCode } from './metrics.ts';
import { maySendSms, noSmsLeft } from './middleware/limits.ts';
import { sixDigits, smsRules } from './smsRules.ts';
import { countedToken, type TokenRefusal } from './steps/app.ts';
import type { CodeRefusal } from './steps/smsErrors.ts';

export type Method = 'sms' | 'app';

/** The factors that this person has set up. */
export async function methodsOf({ db }: Web, personId: string): Promise<Method[]> {
  const [phone, app] = await Promise.all([verifiedPhone(db, personId), appFactorIsSet(db, personId)]);
  return [...(app ? (['app'] as const) : []), ...(phone ? (['sms'] as const) : [])];
}

export const signInCodeOf = ({ db, config }: Web, personId: string): Promise<SmsCode | undefined> =>
  newestSmsCode(db, { personId, purpose: 'sign-in', ttlMs: config.SMS_CODE_TTL });

/** Sends a code to the verified number, unless one was sent just now. */
export async function sendSignInCode(
  ctx: Ctx,
  web: Web,
  personId: string,
): Promise<'too-many-today' | 'too-soon' | undefined> {
  const phone = await verifiedPhone(web.db, personId);
  if (!phone) return undefined;
  if (!(await maySendSms(ctx, web))) return 'too-many-today';
  const added = await transaction(web.db, async (tx) => {
    // One at a time for a person, so two clicks at once send one SMS.
    await tx.sql('sms_factor').where({ personId }).forUpdate().first();
    const code = await addSmsCode(tx, { personId, purpose: 'sign-in', phone, rules: smsRules(web.config) });
    if ('refused' in code) return code;
    await putInOutbox(tx, { workflow: 'signInCode', subjectId: code.id });
    await audit(tx, { event: 'sms.requested', personId, details: { smsCodeId: code.id } });
    return code;
  });
  web.delivery.poke();
  if (!('refused' in added)) return undefined;
  await noSmsLeft(ctx, web);
  return added.refused === 'too-many' ? 'too-many-today' : 'too-soon';
}

/** The factor is proven: the session's new token, made in the same transaction. */
export type Proven = { token: string };

/** Checks the posted `code` against the newest SMS for signing in. */
export async function checkPostedCode(
  ctx: Ctx,
  web: Web,
  session: Session,
): Promise<Proven | { refused: CodeRefusal }> {
  const { personId } = session;
  const read = sixDigits(field(ctx, 'code'));
  if ('refused' in read) return read;
  const checked = await transaction(web.db, async (tx) => {
    const given = { personId, purpose: 'sign-in', typed: read.digits, rules: smsRules(web.config) } as const;
    const sent = await newestSmsCode(tx, { personId, purpose: 'sign-in', ttlMs: web.config.SMS_CODE_TTL });
    // A code that went to another number than the one that is set up by now counts for nothing.
    const stale = sent?.phone !== (await verifiedPhone(tx, personId));
    const { verdict } = stale ? { verdict: 'none' as const } : await checkSmsCode(tx, given);
    await audit(tx, {
      event: verdict === 'right' ? 'sms.proven' : 'sms.refused',
      personId,
      details: { verdict },
    });
    return verdict === 'right' ? { token: await stepUp(tx, session, ['factor']) } : { refused: verdict };
  });
  countCode(web.metrics, { factor: 'sms', purpose: 'sign-in' }, checked);
  return checked;
}

/** Checks the posted `token` of the authenticator app. */
export async function checkPostedToken(
  ctx: Ctx,
  web: Web,
  session: Session,
): Promise<Proven | { refused: TokenRefusal }> {
  const { personId } = session;
  const counted = await countedToken(web, { personId, typed: field(ctx, 'token') });
  if ('refused' in counted) return counted;
  const checked = await transaction(web.db, async (tx) => {
    // The key is there before the app is set up: until then it proves nothing.
    const right = (await appFactorIsSet(tx, personId)) && (await checkToken(tx, personId, counted.token));
    await audit(tx, { event: right ? 'app.proven' : 'app.refused', personId });
    return right ? { token: await stepUp(tx, session, ['factor']) } : { refused: counted.ifWrong };
  });
  countCode(web.metrics, { factor: 'app', purpose: 'sign-in' }, checked);
  if ('token' in checked) await web.attempts.forget('token', personId);
  return checked;
}
