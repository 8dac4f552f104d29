/** Answers to calls for another invitation: the same key and call again gets the same answer, and asks for nothing. */
import type { Db } from './connect.ts';

/** `request`: the call as one text, to tell the same one from another under the same key. */
type KeyedCall = { clientId: string; personId: string; key: string; request: string };

/** `temporaryPasswordId`: of the one that goes with the answer; it is derived again, not kept. */
export type Answered<A> = { answer: A; temporaryPasswordId: string | undefined };

/** `work` is done once for a client's key; its refusals are not kept. */
export async function answerOnce<A extends object, R extends string>(
  tx: Db,
  { clientId, personId, ...call }: KeyedCall,
  work: () => Promise<Answered<A> | { refused: R }>,
): Promise<Answered<A> | { refused: R | 'key-used-differently' }> {
  const requestMac = tx.secrets.requestMac(call.request);
  // Senders make keys of names and numbers of people: kept so that nobody can read them.
  const key = tx.secrets.requestMac(`${clientId} ${call.key}`);
  // The same call many times at once: one goes on, the others wait here and find its answer.
  await tx.sql.raw('select pg_advisory_xact_lock(hashtextextended(?, 1))', [key]);
  const before = await tx.sql('invitation_answer').where({ clientId, key }).first();
  if (before && before.requestMac !== requestMac) return { refused: 'key-used-differently' };
  if (before) return before;
  const done = await work();
  if ('refused' in done) return done;
  const { answer, temporaryPasswordId } = done;
  const row = { clientId, personId, key, requestMac, answer: JSON.stringify(answer), temporaryPasswordId };
  await tx.sql('invitation_answer').insert(row);
  return done;
}
