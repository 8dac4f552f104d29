/**
 * Tries of an account's own password. Failures count: for the account from one network, for the account from everywhere,
 * and at the sign-in for the network. Each try is counted before it is compared, in one turn with the comparison, and taken
 * back when it was right; so neither people who sign in rightly nor those who still wait for their turn use anything up.
 * What strangers can reach the end of holds nobody up where the password was right before.
 */

import { audit } from '../../db/audit.ts';
import type { Ctx, Web } from '../context.ts';
import { clientAddress } from '../middleware/clientAddress.ts';
import { countAttempt, perNetworkKey } from '../middleware/limits.ts';

/** Why the password is not compared: too many tries from here, or too many from elsewhere. */
export type TooMany = 'too-many' | 'too-many-elsewhere';
type Verdict = 'right' | 'wrong' | TooMany;

/** `personId` and `hash`: none, when there is no such account. */
type Given = { personId: string | undefined; email: string; hash: string | null | undefined; typed: string };
type Try = Given & { counter: 'sign-in' | 'password' };
type Compare = Parameters<Parameters<Web['hashing']['inTurn']>[0]>[0];

/** By the address and not the person, so that addresses without an account are counted alike. */
const accountOf = ({ db }: Web, email: string): string => db.secrets.emailIndexes(email)[0]!;

/** A try of somebody who has proven the link. */
export async function tryPassword(ctx: Ctx, web: Web, given: Given): Promise<Verdict> {
  const tried = { ...given, counter: 'password' } as const;
  const verdict = await web.hashing.inTurn((compare) => countAndCompare(ctx, web, tried, compare));
  await auditVerdict(web, given, verdict);
  return verdict;
}

/** A try of anybody. `waitS`: there were too many failures from this network; it may be tried again after so long. */
export function trySignIn(ctx: Ctx, web: Web, given: Given): Promise<Verdict | { waitS: number }> {
  const { attempts, db } = web;
  const network = db.secrets.networkIndex(clientAddress(ctx));
  return web.hashing.inTurn(async (compare) => {
    const counted = await countAttempt(web, 'sign-in-network', network);
    const counts = counted.allowed || (await isKnownHere(ctx, web, given.email));
    // Over the end the same work and the same answer for all, so nobody learns who signed in from here before.
    const tried = { ...given, hash: counts ? given.hash : null, counter: 'sign-in' } as const;
    const verdict = await countAndCompare(ctx, web, tried, compare);
    if (counts) await auditVerdict(web, given, verdict);
    if (verdict === 'right') await attempts.takeBack('sign-in-network', network);
    return counted.allowed || verdict === 'right' ? verdict : { waitS: counted.waitS };
  });
}

/** Of passwords that were compared; that none was any more, the limit tells. */
async function auditVerdict({ db }: Web, { personId }: Given, verdict: Verdict): Promise<void> {
  if (verdict === 'right') await audit(db, { event: 'password.proven', personId });
  if (verdict === 'wrong') await audit(db, { event: 'password.refused', personId });
}

async function countAndCompare(ctx: Ctx, web: Web, given: Try, compare: Compare): Promise<Verdict> {
  const { personId, email, counter, hash, typed } = given;
  const account = accountOf(web, email);
  const here = await countAttempt(web, counter, perNetworkKey(ctx, web, account), { personId });
  if (!here.allowed) return 'too-many';
  const everywhere = await countAttempt(web, `${counter}-account`, account, { personId });
  if (!everywhere.allowed && !(await isKnownHere(ctx, web, email))) return 'too-many-elsewhere';
  if (!(await compare(hash, typed))) return 'wrong';
  await web.attempts.takeBack(`${counter}-account`, account);
  await passwordWasRight(ctx, web, email);
  return 'right';
}

const isKnownHere = (ctx: Ctx, web: Web, email: string): Promise<boolean> =>
  web.attempts.remembers('known-network', perNetworkKey(ctx, web, accountOf(web, email)));

/** The password was given or chosen here by whoever may: failures of before count no longer, and the network is known. */
export async function passwordWasRight(ctx: Ctx, web: Web, email: string): Promise<void> {
  const here = perNetworkKey(ctx, web, accountOf(web, email));
  await web.attempts.forget(['sign-in', 'password'], here);
  await web.attempts.remember('known-network', here);
}
