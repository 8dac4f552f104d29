/** Proving a second factor that is set up: the code that is sent for it, and what was entered. */
import { auditEntry } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { putInOutboxWith } from './outbox.ts';
import { type Session, stepUp } from './sessions.ts';
import type { AddedCode } from './smsCodes.ts';
import { type Write, writeTogether } from './together.ts';
import { type Budget, forgetFactorAttempts } from './wrongFactors.ts';

export type Factor = 'sms' | 'app';

/** Checks what was entered. It counts the attempt, and uses up a right code, in the transaction it runs in. */
export type Check<Refusal> = (
  tx: Db,
) => Promise<{ verdict: 'right'; phone?: string; writes: Write[] } | { verdict: Refusal; phone?: never }>;

/** Adds a code with `add` and has it sent. Serialised per person, so two simultaneous clicks send one SMS. */
export const recordCodeRequest = (
  db: Db,
  personId: string,
  add: (tx: Db) => Promise<AddedCode>,
): Promise<AddedCode> =>
  transaction(db, async (tx) => {
    await tx.sql('sms_factor').where({ personId }).forUpdate().first();
    const added = await add(tx);
    if ('refused' in added) return added;
    const entry = auditEntry(tx, { event: 'sms.requested', personId, details: { smsCodeId: added.id } });
    await putInOutboxWith(tx, { workflow: 'signInCode', subjectId: added.id }, [...added.writes, entry]);
    return added;
  });

/** Runs `check` and records the outcome. A right answer gives the session a new id. */
export const recordFactorProof = <Refusal extends string>(
  db: Db,
  given: { session: Session; budget: Budget; factor: Factor; check: Check<Refusal> },
): Promise<{ token: string } | { refused: Refusal }> =>
  transaction(db, async (tx) => {
    const { session, budget, factor, check } = given;
    const { id: sessionId, personId } = session;
    const checked = await check(tx);
    const { verdict } = checked;
    const entry = auditEntry(tx, {
      event: `${factor}.${verdict === 'right' ? 'proven' : 'refused'}`,
      personId,
      details: factor === 'sms' ? { verdict } : undefined,
    });
    if (!('writes' in checked)) {
      await entry;
      return { refused: checked.verdict };
    }
    await writeTogether(tx, { besides: [...checked.writes, entry] });
    // Both write the row of the session.
    await forgetFactorAttempts(tx, { personId, sessionId, budget });
    return { token: await stepUp(tx, session, ['factor']) };
  });
