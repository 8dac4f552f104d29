/** Finds the person a command is about, by address or by any id that an operator meets. */
import { personIdOf } from '../db/anyId.ts';
import { audit } from '../db/audit.ts';
import type { Db } from '../db/connect.ts';
import { peopleOfReference } from '../db/messages.ts';
import { findPersonByEmail } from '../db/people.ts';

/** For the list of commands. */
export const PERSON_IS =
  'PERSON: an e-mail address, the id of a person (recipient), onboarding, workflow or message, a Message-ID, or the reference that a sender gave';

/** The words before the id in a workflow id, which cannot be mistaken for part of the id. */
const WORKFLOW_ID = /^[a-z]+(-[a-z]+)*-(?=[\da-f]{8}-)/;
const MESSAGE_ID = /^<?([^@]+)@/;

export type Found = { personIds: string[] } | { nobody: string };

/**
 * Finds several people only by reference: two senders may use the same one, or one sender for several people. Each
 * person found is audited.
 */
export async function findPeople(db: Db, typed: string): Promise<Found> {
  const found = await lookFor(db, typed);
  if ('personIds' in found)
    for (const personId of found.personIds) await audit(db, { event: 'person.looked_up', personId });
  return found;
}

async function lookFor(db: Db, typed: string): Promise<Found> {
  const given = typed.trim();
  if (given.includes('@')) return findByAddress(db, given);
  const id = given.toLowerCase().replace(WORKFLOW_ID, '');
  const personId = await personIdOf(db, id);
  if (personId) return { personIds: [personId] };
  const personIds = await peopleOfReference(db, given);
  return personIds.length > 0 ? { personIds } : { nobody: nobodyHas(given) };
}

async function findByAddress(db: Db, given: string): Promise<Found> {
  const person = await findPersonByEmail(db, given);
  const personId = person?.id ?? (await personIdOf(db, MESSAGE_ID.exec(given)?.[1]?.toLowerCase() ?? ''));
  return personId ? { personIds: [personId] } : { nobody: 'no person has this address' };
}

const nobodyHas = (given: string) =>
  `not found: "${given}" is not the id of a person, onboarding, workflow, message or mail, and not the sender's reference of a message. (Give Temporal's workflow id, not its run id.)`;

/** For commands about one person. */
export async function findPerson(db: Db, typed: string): Promise<{ personId: string } | { refused: string }> {
  const found = await findPeople(db, typed);
  if ('nobody' in found) return { refused: found.nobody };
  const [personId, ...others] = found.personIds;
  if (others.length === 0) return { personId: personId! };
  return {
    refused: `${found.personIds.length} people have a message with this reference: list them with "find" and give the id of one`,
  };
}
