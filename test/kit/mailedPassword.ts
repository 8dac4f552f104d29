/** The temporary password that the next mail says. */
import { type Db, transaction } from '../../db/connect.ts';
import { lockOnboarding } from '../../db/onboardings.ts';
import { mailedPassword } from '../../db/temporaryPasswords.ts';

export const temporaryPasswordFor = (db: Db, onboardingId: string): Promise<string | undefined> =>
  transaction(db, async (tx) => mailedPassword(tx, await lockOnboarding(tx, onboardingId)));
