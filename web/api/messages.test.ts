/** Sending a message by the API: once, completely, to a single plain mailbox; every refusal says what to do. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addClient, addKey } from '../../db/clients.ts';
import type { TableName } from '../../db/tables.ts';
import { expectProblem, MESSAGE, send } from '../../test/kit/api.ts';
import { atOnce, someAddress } from '../../test/kit/message.ts';
import { Participant } from '../../test/kit/participant.ts';
import { call } from '../../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

let testEnv: TestEnvironment;
let otherKey: string;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false });
  const other = await addClient(testEnv.db, 'Provincie Voorbeeld');
  otherKey = await addKey(testEnv.db, { clientId: other.id, days: 1 });
});
afterAll(() => testEnv.close());

const ask = (path: string, init: RequestInit = {}) => call(testEnv, path, init);
const post = (body: unknown, headers: Record<string, string> = {}) => send(testEnv, body, headers);

const count = async (table: TableName) => (await testEnv.db.sql(table)).length;

describe('a message', () => {
  it('is accepted with 202, its id, and where the person stands', async () => {
    const { status, type, body } = await post({ ...MESSAGE, to: { email: someAddress() } });
    expect(status).toBe(202);
    expect(type).toContain('application/json');
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      recipient: { id: expect.any(String), onboarding: { status: 'invited', step: 'terms' } },
    });
  });

  it('100 times at once under one key: one message, 100 equal answers', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const message = { ...MESSAGE, to: { email: someAddress() } };
    const before = await count('message');
    const answers = await atOnce(100, () => post(message, headers));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(answers.map(({ body }) => body)).toEqual(answers.map(() => answers[0]!.body));
    expect((await count('message')) - before).toBe(1);
  });

  it('is the same one with its fields in another order', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const email = someAddress();
    const first = await post({ ...MESSAGE, to: { email } }, headers);
    const { to, from, subject, body } = { ...MESSAGE, to: { email } };
    expect((await post({ body, subject, from, to }, headers)).body).toEqual(first.body);
  });

  it('with another text under the key is refused', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const message = { ...MESSAGE, to: { email: someAddress() } };
    await post(message, headers);
    const again = await post({ ...message, body: 'Iets anders' }, headers);
    expectProblem(again, 409, 'idempotency-key-reused');
    expect(again.body.detail).toContain('new key');
  });

  it('gives the temporary password only to a sender that passes it on, and it opens the password step', async () => {
    const anna = new Participant(testEnv);
    const sent = await anna.invited({ temporaryPassword: 'sender' });
    expect(sent.temporaryPassword).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    await anna.to('password');
    await anna.choosePassword(sent.temporaryPassword!);
    expect(anna.path).toBe('/onboarding/sms');
    const bob = new Participant(testEnv);
    expect(await bob.invited()).not.toHaveProperty('temporaryPassword');
  });
});

describe('without a key that works', () => {
  it.each([
    ['none', {}],
    ['another scheme', { authorization: 'Basic abc' }],
    ['a made up one', { authorization: 'Bearer instap_made-up' }],
    ['an empty one', { authorization: 'Bearer ' }],
    ['10,000 signs', { authorization: `Bearer ${'x'.repeat(10_000)}` }],
  ])('%s: 401, and how to give one', async (_what, headers) => {
    const reply = await ask('/messages/x', { headers: { authorization: '', ...headers } });
    expectProblem(reply, 401);
    expect(reply.body.detail).toContain('Authorization: Bearer');
  });

  it('whose time is over: 401', async () => {
    const key = await addKey(testEnv.db, { clientId: testEnv.clientId, days: 0 });
    expectProblem(await ask('/messages/x', { headers: { authorization: `Bearer ${key}` } }), 401);
  });

  it('nothing is read of the body: 401 comes first', async () => {
    expectProblem(await post('{broken', { authorization: '' }), 401);
  });
});

describe('refused', () => {
  it.each([
    ['no Idempotency-Key', ''],
    ['one of 201 signs', 'x'.repeat(201)],
  ])('%s: 400, and what to send', async (_what, key) => {
    const reply = await post(MESSAGE, { 'idempotency-key': key });
    expectProblem(reply, 400);
    expect(reply.body.detail).toContain('Idempotency-Key');
  });

  it('a body that is no JSON: 400', async () => {
    for (const body of ['{broken', '', 'null x']) expect([400, 422]).toContain((await post(body)).status);
    expectProblem(await post('{broken'), 400);
  });

  it('a body that is too large: 413', async () => {
    expectProblem(await post({ ...MESSAGE, body: 'x'.repeat(600_000) }), 413);
  });

  it('everything that is wrong at once, each with its place and a hint', async () => {
    const reply = await post({
      to: { email: 'x', locale: 'fr', fax: '1' },
      from: { name: '' },
      subject: 'two\nlines',
      body: '',
      temporaryPassword: 'maybe',
      extra: true,
    });
    expectProblem(reply, 422);
    const places = reply.body.errors!.map(({ at }) => at).sort();
    expect([...new Set(places)]).toEqual(
      ['', 'body', 'from.name', 'subject', 'temporaryPassword', 'to', 'to.email', 'to.locale'].sort(),
    );
    expect(reply.body.errors!.every(({ message }) => message.length > 5)).toBe(true);
  });

  it.each([
    [undefined, 'to'],
    [[], 'to'],
    ['anna@example.com', 'to'],
    [{ email: ['anna@example.com'] }, 'to.email'],
    [{ email: null }, 'to.email'],
    [{ email: someAddress(), mobile: '020 624 1111' }, 'to.mobile'],
    [{ email: someAddress(), mobile: '+1 201 555 0123' }, 'to.mobile'],
  ])('to %o: 422 at %s', async (to, at) => {
    const reply = await post({ ...MESSAGE, to });
    expectProblem(reply, 422);
    expect(reply.body.errors!.map((error) => error.at)).toContain(at);
  });
});

describe('another organisation', () => {
  it('sees neither message nor person: 404, as for one that is not there', async () => {
    const anna = new Participant(testEnv);
    const sent = await anna.invited();
    const headers = { authorization: `Bearer ${otherKey}` };
    const unknown = await ask(`/messages/${randomUUID()}`, { headers });
    expectProblem(unknown, 404);
    const others = await ask(`/messages/${sent.id}`, { headers });
    expectProblem(others, 404);
    expect({ ...others.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
    expectProblem(await ask(`/recipients/${sent.recipient.id}`, { headers }), 404);
  });

  it('that writes to the same person sees the person, and still not the message', async () => {
    const anna = new Participant(testEnv);
    const sent = await anna.invited();
    const headers = { authorization: `Bearer ${otherKey}` };
    await post({ ...MESSAGE, to: { email: anna.email } }, headers);
    expect((await ask(`/recipients/${sent.recipient.id}`, { headers })).status).toBe(200);
    expectProblem(await ask(`/messages/${sent.id}`, { headers }), 404);
  });

  it.each(['x', "' or 1=1 --", '%00', '../recipients', randomUUID().toUpperCase(), '-'.repeat(36)])(
    'what is no id is not there: %s',
    async (id) => {
      for (const path of ['messages', 'recipients'])
        expect((await ask(`/${path}/${encodeURIComponent(id)}`)).status).toBe(404);
    },
  );
});

describe('how far it is', () => {
  it('goes from held to notified to read', async () => {
    const anna = new Participant(testEnv);
    const { id } = await anna.invited({ reference: 'zaak 12' });
    const state = async () => (await ask(`/messages/${id}`)).body;
    expect(await state()).toMatchObject({ id, reference: 'zaak 12', status: 'held', readAt: null });
    await anna.to('finished');
    await anna.openAccount();
    expect(await state()).toMatchObject({ status: 'notified', releasedAt: expect.any(String), readAt: null });
    await anna.open('/onboarding/finished');
    expect(await state()).toMatchObject({ status: 'read', readAt: expect.any(String) });
  });

  it('of a person is told step by step, and the profile once the account is open', async () => {
    const anna = new Participant(testEnv);
    await anna.invited();
    const state = async () => (await ask(`/recipients/${anna.personId}`)).body;
    expect(await state()).toMatchObject({ onboarding: { status: 'invited', step: 'terms' } });
    await anna.to('sms');
    expect(await state()).toMatchObject({ onboarding: { status: 'in_progress', step: 'sms' } });
    await anna.open('/onboarding/help');
    await anna.submit({ reason: 'no-phone' });
    expect(await state()).toMatchObject({ onboarding: { problem: 'help-asked' } });
    expect(await state()).not.toHaveProperty('profile');
    const bob = await new Participant(testEnv).finished();
    expect((await ask(`/recipients/${bob.personId}`)).body).toMatchObject({
      onboarding: { status: 'completed', step: null },
      profile: { firstName: 'Anna', initials: 'A.', lastName: 'Jansen', gender: 'female' },
    });
  });
});

it('a call that is not there is a problem document, too', async () => {
  expectProblem(await ask('/nothing'), 404);
});
