/** Proving a second factor that is set up: the code that is sent for it, and what was entered. */
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { putInOutbox } from './outbox.ts';
import { type Session, stepUp } from './sessions.ts';
import type { AddedCode } from './smsCodes.ts';
import { type Budget, forgetFactorAttempts } from './wrongFactors.ts';

export type Factor = 'sms' | 'app';

/** A check of what was entered; counted, and a right one used up, in the transaction that it runs in. */
export type Check<Refusal> = (
  tx: Db,
) => Promise<{ verdict: 'right'; phone?: string } | { verdict: Refusal; phone?: never }>;

/** Adds a code by `add` and has it sent; one at a time for a person, so two clicks at once send one SMS. */
export const recordCodeRequest = (
  db: Db,
  personId: string,
  add: (tx: Db) => Promise<AddedCode>,
): Promise<AddedCode> =>
  transaction(db, async (tx) => {
    await tx.sql('sms_factor').where({ personId }).forUpdate().first();
    const added = await add(tx);
    if ('refused' in added) return added;
    await putInOutbox(tx, { workflow: 'signInCode', subjectId: added.id });
    await audit(tx, { event: 'sms.requested', personId, details: { smsCodeId: added.id } });
    return added;
  });

/** Runs `check` and writes what follows from its verdict. A right one gives the session a new id. */
export const recordFactorProof = <Refusal extends string>(
  db: Db,
  given: { session: Session; budget: Budget; factor: Factor; check: Check<Refusal> },
): Promise<{ token: string } | { refused: Refusal }> =>
  transaction(db, async (tx) => {
    const { session, budget, factor, check } = given;
    const { id: sessionId, personId } = session;
    const { verdict } = await check(tx);
    await audit(tx, {
      event: `${factor}.${verdict === 'right' ? 'proven' : 'refused'}`,
      personId,
      details: factor === 'sms' ? { verdict } : undefined,
    });
    if (verdict !== 'right') return { refused: verdict };
    await forgetFactorAttempts(tx, { personId, sessionId, budget });
    return { token: await stepUp(tx, session, ['factor']) };
  });
