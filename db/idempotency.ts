/** Calls with an Idempotency-Key: repeating a call with its key returns the same answer and does nothing. */
import type { Db } from './connect.ts';
import { temporaryPasswordOf } from './temporaryPasswords.ts';

/** `request`: the call as one text, to recognise a different call under the same key. */
type KeyedCall = { clientId: string; call: 'message' | 'invitation'; key: string; request: string };

/** The outcome of a call. The temporary password in the answer is not stored; it is derived again for a repeat. */
export type Done<A> = {
  answer: A;
  personId: string;
  messageId?: string;
  temporaryPassword?: { id: string; keyId: string };
};

export type Answered<A> = { answer: A; temporaryPassword?: string };

/** The earlier answer, with the person and message it was about. */
export type Before<A> = Answered<A> & { personId: string; messageId: string | null };

/** The answer to a call that was carried out for the first time. */
export const answerOf = <A>(tx: Db, { answer, temporaryPassword }: Done<A>): Answered<A> => ({
  answer,
  temporaryPassword: temporaryPassword && tx.secrets.temporaryPassword(temporaryPassword),
});

/**
 * Does `work` once for a client's key, in the caller's transaction; refusals are not stored. Of simultaneous identical
 * calls one proceeds, and the others wait and return its answer. An earlier answer is returned as `before`.
 */
export async function doOnce<A extends object, R extends string>(
  tx: Db,
  keyed: KeyedCall,
  work: () => Promise<Done<A> | { refused: R }>,
): Promise<Done<A> | { before: Before<A> } | { refused: R | 'key-used-differently' }> {
  const { clientId } = keyed;
  const requestMac = tx.secrets.requestMac(keyed.request);
  const key = hiddenKey(tx, keyed);
  await tx.sql.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [key]);
  const row = await tx.sql('idempotency_key').where({ clientId, key }).first();
  if (row && row.requestMac !== requestMac) return { refused: 'key-used-differently' };
  if (row) {
    const temporaryPassword = await temporaryPasswordOf(tx, row.temporaryPasswordId);
    // Only the same kind of call reads this row, so its type is what that call wrote.
    return { before: { ...row, answer: row.answer as A, temporaryPassword } };
  }
  const done = await work();
  if ('refused' in done) return done;
  const { answer, personId, messageId, temporaryPassword } = done;
  await tx.sql('idempotency_key').insert({
    clientId,
    key,
    requestMac,
    messageId,
    personId,
    answer: JSON.stringify(answer),
    temporaryPasswordId: temporaryPassword?.id,
  });
  return done;
}

/**
 * Senders build keys from names and phone numbers, so keys are stored as a hash. Each kind of call has its own key
 * space.
 */
function hiddenKey({ secrets }: Db, { clientId, call, key }: KeyedCall): string {
  return secrets.requestMac(call === 'message' ? `${clientId} ${key}` : `${clientId}/${call} ${key}`);
}
