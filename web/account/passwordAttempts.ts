/**
 * Attempts at an account's own password. Failures are counted for the account from one network, for the account from
 * everywhere, and at sign-in for the network. Each attempt is counted before it is compared, in the same turn, and
 * uncounted when it was right; so people who sign in correctly or still wait for their turn use nothing up. Limits
 * that strangers can reach do not apply from networks where the password was right before.
 */

import { audit } from '../../db/audit.ts';
import type { Ctx, Web } from '../context.ts';
import { clientAddress } from '../middleware/clientAddress.ts';
import { countAttempt, perNetworkKey } from '../middleware/limits.ts';

/** Why the password is not compared: too many attempts from here, or too many from elsewhere. */
export type TooMany = 'too-many' | 'too-many-elsewhere';
type Verdict = 'right' | 'wrong' | TooMany;

/** `personId` and `hash`: absent when there is no such account. */
type Given = { personId: string | undefined; email: string; hash: string | null | undefined; typed: string };
type Try = Given & { counter: 'sign-in' | 'password' };
type Compare = Parameters<Parameters<Web['hashing']['inTurn']>[0]>[0];

/** By address, not by person, so that addresses without an account are counted alike. */
const accountOf = ({ db }: Web, email: string): string => db.secrets.emailIndexes(email)[0]!;

/** An attempt by somebody who has proven the link. */
export async function tryPassword(ctx: Ctx, web: Web, given: Given): Promise<Verdict> {
  const tried = { ...given, counter: 'password' } as const;
  const verdict = await web.hashing.inTurn((compare) => countAndCompare(ctx, web, tried, compare));
  await auditVerdict(web, given, verdict);
  return verdict;
}

/** An attempt by anybody. `waitS`: there were too many failures from this network; seconds until the next attempt. */
export function trySignIn(ctx: Ctx, web: Web, given: Given): Promise<Verdict | { waitS: number }> {
  const { attempts, db } = web;
  const network = db.secrets.networkIndex(clientAddress(ctx));
  return web.hashing.inTurn(async (compare) => {
    const counted = await countAttempt(web, 'sign-in-network', network);
    const counts = counted.allowed || (await isKnownHere(ctx, web, given.email));
    // Beyond the limit everybody gets the same work and the same answer, so nobody learns who signed in from here
    // before.
    const tried = { ...given, hash: counts ? given.hash : null, counter: 'sign-in' } as const;
    const verdict = await countAndCompare(ctx, web, tried, compare);
    if (counts) await auditVerdict(web, given, verdict);
    if (verdict === 'right') await attempts.takeBack('sign-in-network', network);
    return counted.allowed || verdict === 'right' ? verdict : { waitS: counted.waitS };
  });
}

/** Audits passwords that were compared; the limit itself audits that no more are. */
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

/** The owner gave or chose the password here: earlier failures are cleared, and the network is known from now on. */
export async function passwordWasRight(ctx: Ctx, web: Web, email: string): Promise<void> {
  const here = perNetworkKey(ctx, web, accountOf(web, email));
  await web.attempts.forget(['sign-in', 'password'], here);
  await web.attempts.remember('known-network', here);
}
