/** Calls that come with an Idempotency-Key: the same key and call again gets the same answer, and does nothing. */
import type { Db } from './connect.ts';
import { temporaryPasswordOf } from './temporaryPasswords.ts';

/** `request`: the call as one text, to tell the same one from another under the same key. */
type KeyedCall = { clientId: string; call: 'message' | 'invitation'; key: string; request: string };

/** What a call did. The temporary password that goes with the answer is derived again when asked again, not kept. */
export type Done<A> = {
  answer: A;
  personId: string;
  messageId?: string;
  temporaryPassword?: { id: string; keyId: string };
};

export type Answered<A> = { answer: A; temporaryPassword?: string };

/** The answer of before, and whom and which message it was for. */
export type Before<A> = Answered<A> & { personId: string; messageId: string | null };

/** The answer to a call that was just done for the first time. */
export const answerOf = <A>(tx: Db, { answer, temporaryPassword }: Done<A>): Answered<A> => ({
  answer,
  temporaryPassword: temporaryPassword && tx.secrets.temporaryPassword(temporaryPassword),
});

/**
 * `work` is done once for a client's key, in the caller's transaction; its refusals are not kept. The same call many times
 * at once: one goes on, the others wait and find its answer. What was there before comes back as `before`.
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
    // Only its own call reads it again, so it is what that call wrote.
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

/** Senders make keys of names and numbers of people: kept so that nobody can read them. Each call has its own keys. */
function hiddenKey({ secrets }: Db, { clientId, call, key }: KeyedCall): string {
  return secrets.requestMac(call === 'message' ? `${clientId} ${key}` : `${clientId}/${call} ${key}`);
}
