/**
 * What a sender can do about a person: only for its own recipients, only with plain addresses, never for a finished
 * one.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addClient, addKey } from '../../db/clients.ts';
import { expectProblem, MESSAGE, send } from '../../test/kit/api.ts';
import { dump } from '../../test/kit/dump.ts';
import { someAddress } from '../../test/kit/message.ts';
import { Participant } from '../../test/kit/participant.ts';
import { call, type Reply } from '../../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
let otherKey: string;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
  const other = await addClient(testEnv.db, 'Provincie Voorbeeld');
  otherKey = await addKey(testEnv.db, { clientId: other.id, days: 1 });
});
afterAll(() => testEnv.close());

type Call = { name: string; method: string; path: (id: string) => string; body?: (email: string) => object };

const CALLS: Call[] = [
  { name: 'asking', method: 'GET', path: (id) => `/recipients/${id}` },
  { name: 'inviting again', method: 'POST', path: (id) => `/recipients/${id}/invitation` },
  {
    name: 'correcting',
    method: 'PATCH',
    path: (id) => `/recipients/${id}`,
    body: () => ({ email: someAddress() }),
  },
  { name: 'ending', method: 'DELETE', path: (id) => `/recipients/${id}` },
  { name: 'searching', method: 'POST', path: () => '/recipients/search', body: (email) => ({ email }) },
];

const ask = (
  { method, path, body }: Call,
  { id, email }: { id: string; email: string },
  headers = {},
): Promise<Reply> => call(testEnv, path(id), { method, headers, body: body && JSON.stringify(body(email)) });

async function anna(): Promise<{ id: string; email: string; person: Participant }> {
  const person = new Participant(testEnv);
  await person.invited();
  return { id: person.personId, email: person.email, person };
}

describe.each(CALLS)('$name', (one) => {
  it('somebody of another organisation is not known, and nothing changes', async () => {
    const person = await anna();
    const before = await dump(testEnv, ['outbox']);
    expectProblem(await ask(one, person, { authorization: `Bearer ${otherKey}` }), 404);
    expect(await dump(testEnv, ['outbox'])).toBe(before);
  });

  it('without a key is 401, and nothing changes', async () => {
    const person = await anna();
    const before = await dump(testEnv, ['outbox']);
    expectProblem(await ask(one, person, { authorization: '' }), 401);
    expect(await dump(testEnv, ['outbox'])).toBe(before);
  });

  it('somebody who is not there is 404', async () => {
    for (const id of [randomUUID(), 'x', '-'.repeat(36), '%00'])
      expectProblem(await ask(one, { id, email: 'nobody@example.com' }), 404);
  });
});

describe('an address that is none is refused, in a correction and in a search', () => {
  it.each([
    'x@y.nl\r\nBcc: evil@e.nl',
    'x@y.nl, evil@e.nl',
    'g: evil@e.nl;',
    'Anna <x@y.nl>',
    '',
    'x',
    null,
    ['a@b.nl'],
  ])('%j', async (email) => {
    const { id } = await anna();
    const before = await dump(testEnv, ['outbox']);
    const body = JSON.stringify({ email });
    expectProblem(await call(testEnv, `/recipients/${id}`, { method: 'PATCH', body }), 422);
    expectProblem(await call(testEnv, '/recipients/search', { method: 'POST', body }), 422);
    expect(await dump(testEnv, ['outbox'])).toBe(before);
  });
});

it('a body that is not announced as JSON is 415, and says what to send', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = JSON.stringify({ email: someAddress() });
  const reply = await call(testEnv, '/recipients/search', { method: 'POST', body, headers });
  expectProblem(reply, 415);
  expect(reply.body.detail).toContain('Content-Type: application/json');
});

describe('a person', () => {
  it('is found by address, however it is written', async () => {
    const { id, email } = await anna();
    const body = JSON.stringify({ email: ` ${email.toUpperCase()} ` });
    expect((await call(testEnv, '/recipients/search', { method: 'POST', body })).body).toMatchObject({ id });
  });

  it('who has finished is neither invited again nor corrected: 409', async () => {
    const bob = await new Participant(testEnv).finished();
    const [, again, correct] = CALLS;
    const them = { id: bob.personId, email: bob.email };
    expectProblem(await ask(again!, them), 409);
    expectProblem(await ask(correct!, them), 409);
    expect((await bob.ask('/messages')).status).toBe(200);
  });

  it('is at a step since the step before it was done, whatever was tried meanwhile', async () => {
    const person = await new Participant(testEnv).to('sms');
    const at = { id: person.personId, email: person.email };
    const [seen] = CALLS;
    const since = async () => ((await ask(seen!, at)).body.onboarding as { since: string }).since;
    const before = await since();
    expect(before).toBe((await person.row()).passwordChangedAt!.toISOString());
    await person.doStep('sms');
    expect(await since()).toBe(before);
  });

  it('who only asked for help has not begun; of a call for help the sender sees the reason', async () => {
    const person = await new Participant(testEnv).to('terms');
    const at = { id: person.personId, email: person.email };
    const [seen] = CALLS;
    await person.open('/onboarding/help');
    await person.submit({ reason: 'no-phone' });
    expect((await ask(seen!, at)).body).toMatchObject({
      onboarding: { status: 'invited', problem: 'help-asked', helpReason: 'no-phone' },
    });
    await person.open('/onboarding/terms');
    await person.doStep('terms');
    const { body } = await ask(seen!, at);
    expect(body).toMatchObject({ onboarding: { status: 'in_progress', step: 'password' } });
    expect(body.onboarding).not.toHaveProperty('helpReason');
  });

  it('that is corrected to somebody known, three times at once, is corrected once and not known after that', async () => {
    const [wrong, right] = [await anna(), await anna()];
    const body = JSON.stringify({ email: right.email });
    const correct = () => call(testEnv, `/recipients/${wrong.id}`, { method: 'PATCH', body });
    const answers = await Promise.all([correct(), correct(), correct()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
  });

  it('whose relation ended is not known any more, and the old link opens nothing', async () => {
    const { id, email, person } = await anna();
    const link = await person.link();
    const end = CALLS.find(({ name }) => name === 'ending')!;
    expect((await ask(end, { id, email })).status).toBe(204);
    for (const one of CALLS) expectProblem(await ask(one, { id, email }), 404);
    expect((await person.ask(link)).status).toBe(404);
  });

  it('with a corrected address: the old link and session open nothing, the new address starts again', async () => {
    const { id, email, person } = await anna();
    await person.to('sms');
    const link = await person.link();
    const right = someAddress();
    const body = JSON.stringify({ email: right });
    const corrected = await call(testEnv, `/recipients/${id}`, { method: 'PATCH', body });
    expect(corrected.body).toMatchObject({ onboarding: { status: 'invited', step: 'terms' } });
    expect((await person.ask('/onboarding/sms')).status).toBe(401);
    expect((await person.ask(link)).status).toBe(404);
    expectProblem(
      await call(testEnv, '/recipients/search', { method: 'POST', body: JSON.stringify({ email }) }),
      404,
    );
    expect((await call(testEnv, '/recipients/search', { method: 'POST', body })).status).toBe(200);
  });
});

describe('the key of a message that is sent again', () => {
  async function sent() {
    const headers = { 'idempotency-key': randomUUID() };
    const message = { ...MESSAGE, to: { email: someAddress() } };
    const again = (more = {}) => send(testEnv, { ...message, ...more }, headers);
    const { body } = await again();
    const { email } = message.to;
    return { email, id: String(body.id), recipient: (body.recipient as { id: string }).id, again };
  }
  const end = (id: string) => call(testEnv, `/recipients/${id}`, { method: 'DELETE' });
  const people = async () => (await testEnv.db.sql('person')).length;

  it('after the person was deleted: gone, with nothing sent again and no id that means nothing', async () => {
    const { recipient, again } = await sent();
    await end(recipient);
    const before = await people();
    const reply = await again();
    expectProblem(reply, 410, 'message-deleted');
    expect(JSON.stringify(reply.body)).not.toContain(recipient);
    expect(await people()).toBe(before);
    expectProblem(await again({ body: 'Iets anders' }), 409, 'idempotency-key-reused');
  });

  it('after the person was deleted while another organisation writes to the person: gone, too', async () => {
    const { email, recipient, again } = await sent();
    await send(testEnv, { ...MESSAGE, to: { email } }, { authorization: `Bearer ${otherKey}` });
    await end(recipient);
    expectProblem(await again(), 410, 'message-deleted');
  });

  it('after the address was corrected to somebody known names who it is for now', async () => {
    const { id, recipient, again } = await sent();
    const right = await anna();
    const body = JSON.stringify({ email: right.email });
    await call(testEnv, `/recipients/${recipient}`, { method: 'PATCH', body });
    const reply = await again();
    expect(reply.status).toBe(202);
    expect(reply.body).toMatchObject({ id, recipient: { id: right.id } });
    expect((await call(testEnv, `/messages/${id}`)).status).toBe(200);
  });

  it('leaves nothing that could be read: neither key nor address', async () => {
    const row = await testEnv.db.sql('idempotency_key').orderBy('createdAt', 'desc').first();
    expect(JSON.stringify(row)).not.toMatch(/@|anna/i);
  });
});
