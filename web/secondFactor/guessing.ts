/**
 * Limits guessing when a factor is proven: every attempt is counted before it is compared, and uncounted when right.
 */
import {
  type Budget,
  closeFactor,
  countFactorAttempt,
  type Device,
  endGuessing,
  isFactorClosed,
} from '../../db/wrongFactors.ts';
import { type Ctx, sessionOf, type Web } from '../context.ts';
import { countFactorForNetwork, noFactorTried, tellToWait } from '../middleware/limits.ts';
import { endSession } from '../middleware/session.ts';
import { showNotice } from '../ui/notices.ts';
import type { FactorPurpose, Outcome } from './purpose.ts';

/**
 * Codes and tokens are no longer compared: in this session, for this account, or from this network for `waitS`
 * seconds.
 */
export type Stopped =
  | { outcome: 'session-ended' | 'closed'; token?: never }
  | { outcome: 'network-waits'; waitS: number; token?: never };

export const isStopped = (checked: { outcome: string }): checked is Stopped =>
  ['session-ended', 'closed', 'network-waits'].includes(checked.outcome);

/** The kind of device for a notice, without anything that identifies it. */
export const deviceOf = (ctx: Ctx): Device =>
  /Mobi|Android|iPhone|iPad/i.test(ctx.get('User-Agent')) ? 'phone' : 'computer';

/** Compares within the limits. During set-up there is nothing to guess, because the person has the secret. */
export async function withinAttemptLimits<Refusal extends string>(
  ctx: Ctx,
  web: Web,
  { name: budget }: FactorPurpose,
  compare: () => Promise<Outcome<Refusal>>,
): Promise<Outcome<Refusal> | Stopped> {
  if (budget === 'enrol') return compare();
  const network = await countFactorForNetwork(ctx, web);
  if (!network.allowed) return { outcome: 'network-waits', waitS: network.waitS };
  const { id: sessionId, personId } = sessionOf(ctx);
  const guess = { personId, sessionId, budget, device: deviceOf(ctx) };
  const { inSession, inAccount } = await countFactorAttempt(web.db, guess);
  const perSession = web.config.LIMIT_WRONG_FACTORS_PER_SESSION;
  const perAccount = web.config.LIMIT_WRONG_FACTORS_PER_ACCOUNT;
  const checked = inSession <= perSession && inAccount <= perAccount ? await compare() : undefined;
  if (checked?.outcome === 'verified') {
    await noFactorTried(ctx, web);
    return checked;
  }
  if (inAccount >= perAccount) await closeFactor(web.db, guess);
  else if (inSession >= perSession) await endGuessing(web.db, guess);
  else if (checked) return checked;
  return { outcome: inAccount >= perAccount ? 'closed' : 'session-ended' };
}

export async function answerStopped(
  ctx: Ctx,
  web: Web,
  { name: budget }: FactorPurpose,
  stopped: Stopped,
): Promise<void> {
  if (stopped.outcome === 'network-waits') return tellToWait(ctx, stopped.waitS);
  await endSession(ctx, web);
  showNotice(ctx, stopped.outcome === 'closed' && budget !== 'enrol' ? CLOSED[budget] : 'factorSessionEnded');
}

const CLOSED = { 'sign-in': 'signInClosed', reset: 'resetClosed' } as const;

/** Sign-in or reset is closed: answers, and ends the session. Only somebody with the password gets this far. */
export async function isClosedHere(ctx: Ctx, web: Web, budget: Budget): Promise<boolean> {
  if (!(await isFactorClosed(web.db, sessionOf(ctx).personId, budget))) return false;
  await endSession(ctx, web);
  showNotice(ctx, CLOSED[budget]);
  return true;
}
