/** A code by SMS, asked for as the pages do. */
import { transaction } from '../../db/connect.ts';
import { lockOnboardingOf, writeChange } from '../../db/onboardings.ts';
import { addSmsCode, type Purpose } from '../../db/smsCodes.ts';
import { writeTogether } from '../../db/together.ts';
import { smsRules } from '../../web/smsRules.ts';
import type { TestEnvironment } from './testEnvironment.ts';

/** Its id; asked for in one session of the person unless another one is named. Throws with the reason when it is refused. */
export async function askedCode(
  { db, config }: TestEnvironment,
  asked: { personId: string; phone: string; purpose: Purpose; challenge?: string },
): Promise<string> {
  const challenge = asked.challenge ?? asked.personId;
  return transaction(db, async (tx) => {
    const added = await addSmsCode(tx, { ...asked, challenge, rules: smsRules(config) });
    if ('refused' in added) throw new Error(added.refused);
    const { id, writes } = added;
    if (asked.purpose === 'enrol') {
      const row = (await lockOnboardingOf(tx, asked.personId))!;
      const requested = { signal: 'smsRequested', event: 'sms.requested' } as const;
      await writeChange(tx, row, { ...requested, smsCodeId: id, besides: writes });
    } else await writeTogether(tx, { besides: writes });
    return id;
  });
}
