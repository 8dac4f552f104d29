/**
 * Events that senders receive about their recipients and messages, written in the transaction of the fact. Opaque ids
 * only.
 */
import { uuidv7 } from 'uuidv7';
import type { Db } from './connect.ts';

export type SenderEvent = {
  type:
    | 'onboarding.invited'
    | 'onboarding.step_completed'
    | 'onboarding.stuck'
    | 'onboarding.help_asked'
    | 'onboarding.not_me'
    | 'onboarding.reminded_last'
    | 'onboarding.completed'
    | 'onboarding.expired'
    | 'onboarding.cancelled';
  /** Nothing personal and nothing secret. */
  data?: Record<string, string>;
};

/** Tells every client that has written to the person. */
export async function tellSenders(tx: Db, personId: string, { type, data = {} }: SenderEvent): Promise<void> {
  const clients = await tx.sql('message').where({ personId }).distinct('clientId');
  if (clients.length === 0) return;
  await tx
    .sql('event')
    .insert(
      clients.map(({ clientId }) => ({ id: uuidv7(), clientId, personId, type, data: JSON.stringify(data) })),
    );
}

/**
 * Tells the client of a message that it was read, or that the notice of it (to an open account) was refused for good
 * or bounced.
 */
export async function tellOfMessage(
  tx: Db,
  { id, ...ids }: { id: string; clientId: string; personId: string },
  type: 'message.read' | 'message.undeliverable',
): Promise<void> {
  const data = JSON.stringify({ messageId: id });
  await tx.sql('event').insert({ id: uuidv7(), ...ids, type, data });
}
