/** A code by SMS, asked for as the pages do. */
import { transaction } from '../../db/connect.ts';
import { addSmsCode, type Purpose } from '../../db/smsCodes.ts';
import { smsRules } from '../../web/smsRules.ts';
import type { World } from './testEnvironment.ts';

/** Its id. Throws with the reason when it is refused. */
export async function askedCode(
  { db, config }: World,
  asked: { personId: string; phone: string; purpose: Purpose },
): Promise<string> {
  const added = await transaction(db, (tx) => addSmsCode(tx, { ...asked, rules: smsRules(config) }));
  if ('refused' in added) throw new Error(added.refused);
  return added.id;
}
