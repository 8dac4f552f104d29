/** Checks what was entered: counts it before comparing, and uses a right one up together with its effects. */
import { appFactorIsSet, checkToken } from '../../db/appFactor.ts';
import type { Check } from '../../db/factorProofs.ts';
import { type CodeVerdict, checkSmsCode, newestSmsCode, verifiedPhone } from '../../db/smsCodes.ts';
import { type Ctx, field, ownerOf, sessionOf, type Web } from '../context.ts';
import { countCode } from '../metrics.ts';
import { replayProof } from '../middleware/duplicateSubmit.ts';
import { countAttempt } from '../middleware/limits.ts';
import { setSessionCookie } from '../middleware/session.ts';
import { type DigitsRefusal, sixDigits, smsRules } from '../smsRules.ts';
import { answerStopped, isStopped, type Stopped, withinAttemptLimits } from './guessing.ts';
import { askingOf, type FactorPurpose, type Outcome } from './purpose.ts';

export type CodeRefusal = Exclude<CodeVerdict, 'right'> | DigitsRefusal;
export type TokenRefusal = 'wrong' | 'wrong-clock' | 'too-many' | DigitsRefusal;

/** After this many wrong tokens, the likely cause is the phone's clock. */
const SUSPECT_CLOCK_AFTER = 3;

/** Checks the posted `code` against the newest SMS. */
export async function checkPostedCode(
  ctx: Ctx,
  web: Web,
  purpose: FactorPurpose,
): Promise<Outcome<CodeRefusal> | Stopped> {
  const { personId } = sessionOf(ctx);
  const read = sixDigits(field(ctx, 'code'));
  if ('refused' in read) return { outcome: read.refused };
  const rules = smsRules(web.config);
  const given = { ...askingOf(ctx, purpose), typed: read.digits, rules };
  const check: Check<CodeRefusal> = async (tx) => {
    if (purpose.name !== 'enrol') {
      // A code sent to another number than the one that is now verified does not count.
      const sent = await newestSmsCode(tx, { ...given, ttlMs: rules.ttlMs });
      if (sent?.phone !== (await verifiedPhone(tx, personId))) return { verdict: 'none' };
    }
    return checkSmsCode(tx, given);
  };
  const checked = await withinAttemptLimits(ctx, web, purpose, () =>
    purpose.recordCheck(ctx, { factor: 'sms', check }),
  );
  countCode(web.metrics, { factor: 'sms', purpose: purpose.name }, checked);
  return checked;
}

/** Checks the posted `token` of the authenticator app. */
export async function checkPostedToken(
  ctx: Ctx,
  web: Web,
  purpose: FactorPurpose,
): Promise<Outcome<TokenRefusal> | Stopped> {
  const read = sixDigits(field(ctx, 'token'));
  if ('refused' in read) return { outcome: read.refused };
  const checked = await withinAttemptLimits(ctx, web, purpose, () =>
    compareToken(ctx, web, purpose, read.digits),
  );
  countCode(web.metrics, { factor: 'app', purpose: purpose.name }, checked);
  return checked;
}

async function compareToken(
  ctx: Ctx,
  web: Web,
  purpose: FactorPurpose,
  token: string,
): Promise<Outcome<TokenRefusal>> {
  const { id, personId } = sessionOf(ctx);
  // Per session, so that somebody guessing in another session does not slow the owner down.
  const counted = await countAttempt(web, 'token', id, { personId });
  if (!counted.allowed) return { outcome: 'too-many' };
  const check: Check<TokenRefusal> = async (tx) => {
    // The key exists before the app is set up; until then it proves nothing.
    const counts = purpose.name === 'enrol' || (await appFactorIsSet(tx, personId));
    const right = counts && (await checkToken(tx, ownerOf(ctx), token));
    if (right) return { verdict: 'right', writes: right.writes };
    return { verdict: counted.attempts >= SUSPECT_CLOCK_AFTER ? 'wrong-clock' : 'wrong' };
  };
  const checked = await purpose.recordCheck(ctx, { factor: 'app', check });
  if (checked.outcome === 'verified') await web.attempts.forget(['token'], id);
  return checked;
}

/** Continues once the factor is verified, now or by the first of two clicks; otherwise `showRefusal` answers. */
export async function answerCheck<Refusal extends string>(
  ctx: Ctx,
  web: Web,
  purpose: FactorPurpose,
  checked: Outcome<Refusal> | Stopped,
  showRefusal: (why: Refusal) => Promise<void>,
): Promise<void> {
  const session = sessionOf(ctx);
  if (checked.token !== undefined) setSessionCookie(ctx, checked.token);
  else if (isStopped(checked)) return answerStopped(ctx, web, purpose, checked);
  else if (!(await replayProof(ctx, web, session)) && checked.outcome !== 'not-awaited')
    return showRefusal(checked.outcome);
  await purpose.afterwards(ctx, session);
}
