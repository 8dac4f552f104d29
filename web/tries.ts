/**
 * Tries of an account's own password, counted before they are compared: for the account from one network, and for the
 * account from everywhere. The second has an end that strangers can reach, and then the first is enough for a network
 * where the password was right before: strangers slow an account down and never lock its owner out.
 */
import type { Ctx, Web } from './context.ts';
import { fromHere } from './limits.ts';

type PasswordCounter = 'sign-in' | 'password';

/** By the address and not the person, so that addresses without an account are counted alike. */
const accountOf = ({ db }: Web, email: string): string => db.secrets.emailIndexes(email)[0]!;

/** Why the password is not compared: too many tries from here, or too many from elsewhere. */
export type TooMany = 'too-many' | 'too-many-elsewhere';

export async function countPassword(
  ctx: Ctx,
  web: Web,
  { counter, email }: { counter: PasswordCounter; email: string },
): Promise<TooMany | undefined> {
  const account = accountOf(web, email);
  const here = fromHere(ctx, web, account);
  if (!(await web.attempts.count(counter, here)).allowed) return 'too-many';
  if ((await web.attempts.count(`${counter}-account`, account)).allowed) return undefined;
  return (await web.attempts.remembers('known-network', here)) ? undefined : 'too-many-elsewhere';
}

/** The password was given or chosen here by whoever may: failures of before count no longer, and the network is known. */
export async function passwordWasRight(ctx: Ctx, web: Web, email: string): Promise<void> {
  const here = fromHere(ctx, web, accountOf(web, email));
  await web.attempts.forget('sign-in', here);
  await web.attempts.forget('password', here);
  await web.attempts.remember('known-network', here);
}
