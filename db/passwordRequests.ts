/**
 * "I have forgotten my password". Web stores the address, whether or not it is known, and a worker looks the person
 * up: so no response time reveals who has an account (ASVS 6.3.8).
 */
import { uuidv7 } from 'uuidv7';
import { audit } from './audit.ts';
import { type Db, transaction } from './connect.ts';
import { onboardingOf } from './onboardings.ts';
import { putInOutbox } from './outbox.ts';
import { findAccount } from './people.ts';
import { addResetLink, RESET_LINK_LIVES_S, type ResetLimits } from './resetLinks.ts';
import { LOWEST_UUID } from './uuid.ts';

/** No address is longer (RFC 5321, 4.5.3.1.3: octets, without the brackets). */
const LONGEST_ADDRESS = 254;
/** Requests read at a time. */
const BATCH = 20;

const addressPlace = (row: string) => ({ table: 'password_request', column: 'address', row });

/** Pads every address to the same length. A longer one cannot belong to anybody, and takes the same work. */
function filledUp(address: string): string {
  const missing = LONGEST_ADDRESS - Buffer.byteLength(address);
  return missing < 0 ? ' '.repeat(LONGEST_ADDRESS) : address + ' '.repeat(missing);
}

/** One statement, the same for every address. A worker does the rest within RELAY_EVERY. */
export async function addPasswordRequest(db: Db, address: string): Promise<void> {
  const id = uuidv7();
  const sealed = db.secrets.server.seal(filledUp(address), addressPlace(id));
  await db.sql('password_request').insert({ id, address: sealed });
}

/**
 * Mails a link to choose a new password, within the limits. A person who never chose a password has nothing to reset.
 * The requester is not told the outcome.
 */
export const askPasswordReset = (db: Db, personId: string, limits: ResetLimits): Promise<void> =>
  transaction(db, (tx) => addPasswordReset(tx, personId, limits));

async function addPasswordReset(tx: Db, personId: string, limits: ResetLimits): Promise<void> {
  // Lock the person, so that two simultaneous clicks cause one mail.
  await tx.sql('person').where({ id: personId }).forUpdate().first('id');
  const row = await onboardingOf(tx, personId);
  if (!row?.passwordChangedAt || row.status === 'cancelled') return;
  const added = await addResetLink(tx, { personId, clientId: row.clientId, limits });
  if ('refused' in added) {
    if (added.refused === 'too-many') await audit(tx, { event: 'password.reset_limited', personId });
    return;
  }
  const { id: subjectId } = added;
  await putInOutbox(tx, { workflow: 'passwordReset', subjectId });
  await audit(tx, { event: 'password.forgotten', personId });
}

/**
 * Handles each request and deletes it in the same transaction. Safe to run in several processes. `failure`: the first
 * request that failed; it is kept and retried, and does not block the others.
 */
export async function answerPasswordRequests(db: Db, limits: ResetLimits): Promise<{ failure?: unknown }> {
  const failures: unknown[] = [];
  let ids: string[] = [];
  do {
    const next = db.sql('password_request').where('id', '>', ids.at(-1) ?? LOWEST_UUID);
    ids = await next.orderBy('id').limit(BATCH).pluck('id');
    for (const id of ids) await answer(db, id, limits).catch((error) => failures.push(error));
  } while (ids.length === BATCH);
  return { failure: failures[0] };
}

/** Skips a request that another process has locked, and drops one that waited longer than its link would have lived. */
const answer = (db: Db, id: string, limits: ResetLimits): Promise<void> =>
  transaction(db, async (tx) => {
    const isOld = tx.sql.raw<{ isOld: boolean }>(`created_at + ? * interval '1 second' <= now() as is_old`, [
      RESET_LINK_LIVES_S,
    ]);
    const request = await tx
      .sql('password_request')
      .where({ id })
      .forUpdate()
      .skipLocked()
      .first('address', isOld);
    if (!request) return;
    if (!request.isOld) {
      const address = tx.secrets.server.open(request.address, addressPlace(id)).trimEnd();
      const person = await findAccount(tx, address);
      if (person) await addPasswordReset(tx, person.id, limits);
    }
    await tx.sql('password_request').where({ id }).delete();
  });
