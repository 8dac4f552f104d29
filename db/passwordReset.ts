/** Choosing a new password with the link of a mail. */
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { lockOnboarding, type Onboarding } from './onboardings.ts';
import { setPasswordHash } from './people.ts';
import { type ResetLink, useResetLink } from './resetLinks.ts';
import { endOtherSessions, type Session, stepUp } from './sessions.ts';
import { openSignIn } from './wrongFactors.ts';

/**
 * Uses the link up and writes the password. Returns the session's new id; undefined, with nothing written, when the
 * link was already used or when `provesAll`, checked again under the row's lock, says that more must be proven.
 */
export const resetPassword = (
  db: Db,
  given: {
    link: ResetLink;
    session: Session;
    onboardingId: string;
    hash: string;
    provesAll: (row: Onboarding) => boolean;
  },
): Promise<string | undefined> =>
  transaction(db, async (tx) => {
    const { link, session, hash } = given;
    const { personId } = link;
    const row = await lockOnboarding(tx, given.onboardingId);
    if (!given.provesAll(row) || !(await useResetLink(tx, link))) return undefined;
    await setPasswordHash(tx, personId, hash);
    await endOtherSessions(tx, session);
    await audit(tx, { event: 'password.reset', personId });
    if (session.factorAt) await openSignIn(tx, personId, { by: 'reset' });
    return stepUp(tx, session, ['password']);
  });
