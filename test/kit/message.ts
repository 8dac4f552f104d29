/** Messages and people straight in the database, for tests that need no pages. */
import { randomUUID } from 'node:crypto';
import { type Accepted, acceptMessage, type NewMessage } from '../../db/messages.ts';
import type { TestEnvironment } from './testEnvironment.ts';

export const someAddress = (): string => `anna.${randomUUID().slice(0, 12)}@example.com`;

export const newMessage = (clientId: string, given: Partial<NewMessage> = {}): NewMessage => ({
  clientId,
  idempotencyKey: randomUUID(),
  request: '{}',
  email: someAddress(),
  locale: 'nl',
  from: { name: 'Afdeling Personeel' },
  subject: 'Uw aanstelling',
  body: 'Beste collega, dit is vertrouwelijk.',
  temporaryPassword: 'mail',
  ...given,
});

/** Somebody who was sent a message just now: the first one, unless `given` has the address of somebody known. */
export async function somebody(
  { db, clientId }: TestEnvironment,
  given?: Partial<NewMessage>,
): Promise<Accepted> {
  let accepted: Accepted | undefined;
  await acceptMessage(db, newMessage(clientId, given), (one) => {
    accepted = one;
    return {};
  });
  return accepted!;
}

/** `work` so many times side by side, each in a transaction of its own. */
export const atOnce = <T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => work(i)));
