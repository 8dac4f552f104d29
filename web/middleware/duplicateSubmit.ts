/**
 * A second click on a button that elevates the session. The first click did the work, but the browser may have dropped
 * its answer, with the new session id, when the second click started. A repeat of the same proof, in the same session
 * and within seconds, also gets the new id; nothing is done twice.
 */
import { isLastUsedToken } from '../../db/appFactor.ts';
import { person } from '../../db/people.ts';
import { type Proof, provedJustNow, type Session } from '../../db/sessions.ts';
import { isLastUsedCode } from '../../db/smsCodes.ts';
import { tryPassword } from '../account/passwordAttempts.ts';
import { type Ctx, field, ownerOf, seeOther, type Web } from '../context.ts';
import { sixDigits } from '../smsRules.ts';
import { formTokenIsRight } from './formToken.ts';
import { countAttempt } from './limits.ts';
import { elevateSession } from './session.ts';

async function isSameProof(
  ctx: Ctx,
  web: Web,
  { session, proof }: { session: Session; proof: Proof },
): Promise<boolean> {
  const { db } = web;
  const { personId } = session;
  const [code, token] = ['code', 'token'].map((name) => sixDigits(field(ctx, name)));
  if (proof === 'factor') {
    if (code && 'digits' in code) return isLastUsedCode(db, personId, code.digits);
    return token && 'digits' in token ? isLastUsedToken(db, ownerOf(ctx), token.digits) : false;
  }
  // As the first click left it.
  const { email, passwordHash: hash } = await person(db, personId);
  const typed = field(ctx, 'newPassword') || field(ctx, 'password');
  return (await tryPassword(ctx, web, { personId, email, hash, typed })) === 'right';
}

/** True when the posted proof is the one this session gave a moment ago; it has then got the new id. */
export async function replayProof(ctx: Ctx, web: Web, session: Session): Promise<boolean> {
  const { personId } = session;
  for (const proof of ['password', 'factor'] as const) {
    const given = proof === 'password' ? ['newPassword', 'password'] : ['code', 'token'];
    if (!given.some((name) => field(ctx, name))) continue;
    if (!(await provedJustNow(web.db, session, proof))) continue;
    // Otherwise somebody with the old cookie could guess without limit for ten seconds.
    const counted = await countAttempt(web, 'second-click', `${session.id}.${proof}`, { personId });
    if (!counted.allowed) continue;
    if (!(await isSameProof(ctx, web, { session, proof }))) continue;
    await elevateSession(ctx, web, { session, proofs: [proof] });
    return true;
  }
  return false;
}

/**
 * A request with a session id that was just replaced: the first click did the work, so this one goes where that one
 * went.
 */
export async function afterFirstClick(ctx: Ctx, web: Web, session: Session, path: string): Promise<void> {
  if (ctx.method === 'POST' && formTokenIsRight(ctx, web, session)) await replayProof(ctx, web, session);
  seeOther(ctx, path);
}
