/** Reading: one’s own messages, released ones, and the first reading is stamped once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendMessage } from '../setup/person.ts';
import { Traveller } from '../setup/traveller.ts';
import { createWorld, type World } from '../setup/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ worker: false });
});
afterAll(() => world.close());

const rowOf = (id: string) => world.db.sql('message').where({ id }).first();
/** A second message that the workflow released. */
async function another(anna: Traveller, body: object = {}, released = true): Promise<string> {
  const { answer } = await sendMessage(world, { email: anna.email, body });
  if (released)
    await world.db.sql('message').where({ id: answer.id }).update({ releasedAt: world.db.sql.fn.now() });
  return answer.id;
}

describe('a message', () => {
  it('is read with its subject, its sender and its text', async () => {
    const anna = await new Traveller(world).finished();
    await anna.open(`/messages/${anna.sent!.id}`);
    expect(anna.reads).toContain('Uw aanstelling');
    expect(anna.reads).toContain('Van: Afdeling Personeel (Gemeente Voorbeeld)');
    expect(anna.reads).toContain('Beste collega, dit is vertrouwelijk.');
  });

  it('is stamped read once, at the first reading, ten at once too', async () => {
    const anna = await new Traveller(world).finished();
    const id = await another(anna);
    const before = await anna.events();
    await Promise.all(Array.from({ length: 10 }, () => anna.ask(`/messages/${id}`)));
    const { readAt } = await rowOf(id);
    expect(readAt).toBeInstanceOf(Date);
    await anna.open(`/messages/${id}`);
    expect((await rowOf(id)).readAt).toEqual(readAt);
    expect((await anna.events()).slice(before.length)).toEqual(['message.read']);
  });

  it('is not stamped read by a HEAD or by the list', async () => {
    const anna = await new Traveller(world).finished();
    const id = await another(anna);
    await anna.ask(`/messages/${id}`, { method: 'HEAD' });
    await anna.open('/messages');
    expect(anna.reads).toContain('Nieuw');
    expect((await rowOf(id)).readAt).toBeNull();
  });

  it('of another person is not there, and not stamped', async () => {
    const [anna, bob] = [await new Traveller(world).finished(), await new Traveller(world).finished()];
    const id = await another(bob);
    const { status, text } = await anna.ask(`/messages/${id}`);
    expect(status).toBe(404);
    expect(text).not.toContain('vertrouwelijk.');
    expect((await rowOf(id)).readAt).toBeNull();
  });

  it('that was not released yet is not there, and not in the list', async () => {
    const anna = await new Traveller(world).finished();
    const id = await another(anna, { subject: 'Nog niet' }, false);
    expect((await anna.ask(`/messages/${id}`)).status).toBe(404);
    await anna.open('/messages');
    expect(anna.reads).not.toContain('Nog niet');
  });

  it.each([
    'x',
    '0190a5f2-0000-7000-8000-000000000000',
    '0190a5f2-0000-7000-8000-00000000000g',
    '------------------------------------',
    "'%20or%20true",
  ])('that there is none of is answered 404: %s', async (id) => {
    const anna = await new Traveller(world).finished();
    expect((await anna.ask(`/messages/${id}`)).status).toBe(404);
  });
});

describe('the list', () => {
  it('has the newest first, and marks what is new', async () => {
    const anna = await new Traveller(world).finished();
    await another(anna, { subject: 'Tweede' });
    await another(anna, { subject: 'Derde' });
    await anna.open('/messages');
    const order = ['Derde', 'Tweede', 'Uw aanstelling'].map((subject) => anna.reads.indexOf(subject));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(anna.reads.match(/Nieuw/g)).toHaveLength(2);
  });

  it('has a way to sign out on it, and on each message', async () => {
    const anna = await new Traveller(world).finished();
    for (const path of ['/messages', `/messages/${anna.sent!.id}`])
      expect((await anna.ask(path)).text).toContain('action="/sign-out"');
  });
});

it('after the last step the oldest unread message comes first', async () => {
  const anna = new Traveller(world);
  await anna.invited();
  const { answer } = await sendMessage(world, { email: anna.email, body: { subject: 'Tweede' } });
  await anna.to('finished');
  await anna.openAccount();
  await anna.open('/onboarding/finished');
  expect(anna.path).toBe(`/messages/${anna.sent!.id}`);
  await anna.open('/onboarding/finished');
  expect(anna.path).toBe(`/messages/${answer.id}`);
});
