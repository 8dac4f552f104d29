/** Checking what was entered: counted before it is compared, and a right one used up with what follows from it. */
import { appFactorIsSet, checkToken } from '../../db/appFactor.ts';
import { type CodeVerdict, checkSmsCode, newestSmsCode, verifiedPhone } from '../../db/smsCodes.ts';
import { type Ctx, field, type Web } from '../context.ts';
import { countCode } from '../metrics.ts';
import { proveAgain } from '../secondClick.ts';
import { carry } from '../session.ts';
import { type DigitsRefusal, sixDigits, smsRules } from '../smsRules.ts';
import { askingOf, type FactorPurpose, type Outcome, sessionOf } from './purpose.ts';

export type CodeRefusal = Exclude<CodeVerdict, 'right'> | DigitsRefusal;
export type TokenRefusal = 'wrong' | 'wrong-clock' | 'too-many' | DigitsRefusal;

/** After so many wrong tokens the likely cause is the phone's clock. */
const SUSPECT_CLOCK_AFTER = 3;

/** The posted `code`, against the newest SMS. */
export async function checkPostedCode(
  ctx: Ctx,
  web: Web,
  purpose: FactorPurpose,
): Promise<Outcome<CodeRefusal>> {
  const { personId } = sessionOf(ctx);
  const read = sixDigits(field(ctx, 'code'));
  if ('refused' in read) return { outcome: read.refused };
  const rules = smsRules(web.config);
  const given = { ...askingOf(ctx, purpose), typed: read.digits, rules };
  const checked = await purpose.recordCheck<CodeRefusal>(ctx, {
    factor: 'sms',
    async check(tx) {
      if (purpose.name === 'sign-in') {
        // A code that went to another number than the one that is set up by now counts for nothing.
        const sent = await newestSmsCode(tx, { ...given, ttlMs: rules.ttlMs });
        if (sent?.phone !== (await verifiedPhone(tx, personId))) return { verdict: 'none' };
      }
      return checkSmsCode(tx, given);
    },
  });
  countCode(web.metrics, { factor: 'sms', purpose: purpose.name }, checked);
  return checked;
}

/** The posted `token` of the authenticator app. */
export async function checkPostedToken(
  ctx: Ctx,
  web: Web,
  purpose: FactorPurpose,
): Promise<Outcome<TokenRefusal>> {
  const { personId } = sessionOf(ctx);
  const read = sixDigits(field(ctx, 'token'));
  if ('refused' in read) return { outcome: read.refused };
  const counted = await web.attempts.count('token', personId);
  if (!counted.allowed) return { outcome: 'too-many' };
  const checked = await purpose.recordCheck<TokenRefusal>(ctx, {
    factor: 'app',
    async check(tx) {
      // The key is there before the app is set up: until then it proves nothing.
      const counts = purpose.name === 'enrol' || (await appFactorIsSet(tx, personId));
      if (counts && (await checkToken(tx, personId, read.digits))) return { verdict: 'right' };
      return { verdict: counted.tries >= SUSPECT_CLOCK_AFTER ? 'wrong-clock' : 'wrong' };
    },
  });
  countCode(web.metrics, { factor: 'app', purpose: purpose.name }, checked);
  if (checked.outcome === 'verified') await web.attempts.forget('token', personId);
  return checked;
}

/** Goes on once the factor is verified, now or by the first of two clicks; else `showRefusal` answers. */
export async function answerCheck<Refusal extends string>(
  ctx: Ctx,
  web: Web,
  purpose: FactorPurpose,
  checked: Outcome<Refusal>,
  showRefusal: (why: Refusal) => Promise<void>,
): Promise<void> {
  const session = sessionOf(ctx);
  if (checked.token !== undefined) carry(ctx, checked.token);
  else if (!(await proveAgain(ctx, web, session)) && checked.outcome !== 'not-awaited')
    return showRefusal(checked.outcome);
  await purpose.afterwards(ctx, session);
}
