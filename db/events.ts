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

/**
 * Tells every client that has written to the person: a write for a statement that may hold others. Ids sort by time, as
 * every UUIDv7 does: they begin like the one that is made here, and each client's has its own ending.
 */
export const sendersEvent = (tx: Db, personId: string, { type, data = {} }: SenderEvent) =>
  tx.sql.raw(
    `insert into event (id, client_id, person_id, type, data)
      select overlay(cast(:id as text) placing right(md5(cast(:id as text) || client_id::text), 12) from 25)::uuid,
        client_id, cast(:personId as uuid), cast(:type as text), cast(:data as jsonb)
      from (select distinct client_id from message where person_id = :personId) as sender`,
    { id: uuidv7(), personId, type, data: JSON.stringify(data) },
  );

/**
 * Tells the client of a message what became of it: it was read, or the mail that says it is there, to somebody whose
 * account is open, was refused for good or came back.
 */
export const messageEvent = (
  tx: Db,
  { id, ...ids }: { id: string; clientId: string; personId: string },
  type: 'message.read' | 'message.undeliverable',
) => tx.sql('event').insert({ id: uuidv7(), ...ids, type, data: JSON.stringify({ messageId: id }) });
