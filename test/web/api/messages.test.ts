/** Sending a message by the API: once, whole, only to one plain mailbox, and every refusal says what to do. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addClient, addKey } from '../../../db/clients.ts';
import { atOnce, someAddress } from '../../setup/message.ts';
import { Traveller } from '../../setup/traveller.ts';
import { createWorld, type World } from '../../setup/world.ts';

let world: World;
let otherKey: string;
beforeAll(async () => {
  world = await createWorld({ worker: false });
  const other = await addClient(world.db, 'Provincie Voorbeeld');
  otherKey = await addKey(world.db, { clientId: other.id, days: 1 });
});
afterAll(() => world.close());

type Reply = {
  status: number;
  type: string | null;
  body: Record<string, unknown> & { errors?: { at: string; message: string }[] };
};

const MESSAGE = {
  to: { email: 'anna@example.com' },
  from: { name: 'Afdeling Personeel' },
  subject: 'Uw aanstelling',
  body: 'Dit is vertrouwelijk.',
};

async function call(path: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(`${world.url}/api/v1${path}`, {
    ...init,
    headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json', ...init.headers },
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: text ? JSON.parse(text) : {},
  };
}

const send = (body: unknown, headers: Record<string, string> = {}) =>
  call('/messages', {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'idempotency-key': randomUUID(), ...headers },
  });

const PROBLEM = 'application/problem+json';
const count = async (table: string) =>
  (await world.db.sql(table).first(world.db.sql.raw('count(*)::int as count'))).count;

function expectProblem(reply: Reply, status: number): void {
  expect(reply.status).toBe(status);
  expect(reply.type).toContain(PROBLEM);
  expect(reply.body).toMatchObject({ type: 'about:blank', status, title: expect.any(String) });
}

describe('a message', () => {
  it('is accepted with 202, its id, and where the person stands', async () => {
    const { status, type, body } = await send({ ...MESSAGE, to: { email: someAddress() } });
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
    const answers = await atOnce(100, () => send(message, headers));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(answers.map(({ body }) => body)).toEqual(answers.map(() => answers[0]!.body));
    expect((await count('message')) - before).toBe(1);
  });

  it('is the same one with its fields in another order', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const email = someAddress();
    const first = await send({ ...MESSAGE, to: { email } }, headers);
    const { to, from, subject, body } = { ...MESSAGE, to: { email } };
    expect(await send({ body, subject, from, to }, headers)).toEqual(first);
  });

  it('with another text under the key is refused', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const message = { ...MESSAGE, to: { email: someAddress() } };
    await send(message, headers);
    const again = await send({ ...message, body: 'Iets anders' }, headers);
    expectProblem(again, 422);
    expect(again.body.detail).toContain('new key');
  });

  it('gives the temporary password only to a sender that passes it on, and it opens the password step', async () => {
    const anna = new Traveller(world);
    const sent = await anna.invited({ temporaryPassword: 'sender' });
    expect(sent.temporaryPassword).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    await anna.to('password');
    await anna.choosePassword(sent.temporaryPassword!);
    expect(anna.path).toBe('/onboarding/sms');
    const bob = new Traveller(world);
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
    const reply = await call('/messages/x', { headers: { authorization: '', ...headers } });
    expectProblem(reply, 401);
    expect(reply.body.detail).toContain('Authorization: Bearer');
  });

  it('whose time is over: 401', async () => {
    const key = await addKey(world.db, { clientId: world.clientId, days: 0 });
    expectProblem(await call('/messages/x', { headers: { authorization: `Bearer ${key}` } }), 401);
  });

  it('nothing is read of the body: 401 comes first', async () => {
    expectProblem(await send('{broken', { authorization: '' }), 401);
  });
});

describe('refused', () => {
  it.each([
    ['no Idempotency-Key', ''],
    ['one of 201 signs', 'x'.repeat(201)],
  ])('%s: 400, and what to send', async (_what, key) => {
    const reply = await send(MESSAGE, { 'idempotency-key': key });
    expectProblem(reply, 400);
    expect(reply.body.detail).toContain('Idempotency-Key');
  });

  it('a body that is no JSON: 400', async () => {
    for (const body of ['{broken', '', 'null x']) expect([400, 422]).toContain((await send(body)).status);
    expectProblem(await send('{broken'), 400);
  });

  it('a body that is too large: 413', async () => {
    expectProblem(await send({ ...MESSAGE, body: 'x'.repeat(600_000) }), 413);
  });

  it('everything that is wrong at once, each with its place and cure', async () => {
    const reply = await send({
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
    const reply = await send({ ...MESSAGE, to });
    expectProblem(reply, 422);
    expect(reply.body.errors!.map((error) => error.at)).toContain(at);
  });
});

describe('an address that would re-route a mail, or is none, is refused and leaves nothing', () => {
  it.each([
    'x@y.nl\r\nBcc: evil@e.nl',
    'x@y.nl\nBcc: evil@e.nl',
    'x@y.nl\r\n\r\nbody',
    'x@y.nl, evil@e.nl',
    'x@y.nl;evil@e.nl',
    'x@y.nl evil@e.nl',
    'g: evil@e.nl;',
    'group:x@y.nl,evil@e.nl;',
    'Anna <x@y.nl>',
    '<x@y.nl>',
    '"x@evil.nl"@y.nl',
    '"a b"@y.nl',
    'x@y.nl(comment)',
    'x(comment)@y.nl',
    '@relay.nl:x@y.nl',
    'x%evil.nl@y.nl,',
    'x@@y.nl',
    'x@y@z.nl',
    'x@[127.0.0.1]',
    'x@127.0.0.1',
    'x@localhost',
    'x@-y.nl',
    'x@y-.nl',
    'x@y..nl',
    'x@.y.nl',
    '.x@y.nl',
    'x.@y.nl',
    'x..z@y.nl',
    'x@y.nl\u0000',
    'x\u0000@y.nl',
    'x@y.nl\u2028evil@e.nl',
    'x\u202e@y.nl',
    'х@y.nl',
    'x@ÿ.nl',
    'x@y.nl\\',
    'mailto:x@y.nl',
    '',
    '   ',
    'x'.repeat(65) + '@y.nl',
    `x@${'y'.repeat(64)}.nl`,
    `x@${'y.'.repeat(130)}nl`,
    'x'.repeat(10_000),
  ])('%j', async (email) => {
    const before = [await count('person'), await count('message'), await count('outbox')];
    const reply = await send({ ...MESSAGE, to: { email } });
    expectProblem(reply, 422);
    expect(reply.body.errors![0]!.at).toBe('to.email');
    const sender = await send({ ...MESSAGE, to: { email: someAddress() }, from: { name: 'X', email } });
    expectProblem(sender, 422);
    expect([await count('person'), await count('message'), await count('outbox')]).toEqual(before);
  });

  it.each([
    "o'neill@example.com",
    'anna+work@example.com',
    'a@b.co',
    'x_y.z-1@sub.example-domain.museum',
    'ANNA@EXAMPLE.COM',
    ' anna@example.com ',
  ])('while an ordinary one is accepted: "%s"', async (email) => {
    expect((await send({ ...MESSAGE, to: { email } })).status).toBe(202);
  });
});

describe('names and subjects with line breaks or control signs, which end up in the head of a mail, are refused', () => {
  it.each(['a\r\nBcc: evil@e.nl', 'a\nb', 'a\u0000b', 'a\u007fb', 'a\u0085b'])('%j', async (text) => {
    for (const wrong of [{ from: { name: text } }, { subject: text }, { reference: text }])
      expectProblem(await send({ ...MESSAGE, to: { email: someAddress() }, ...wrong }), 422);
  });
});

describe('another organisation', () => {
  it('sees neither message nor person: 404, as for one that is not there', async () => {
    const anna = new Traveller(world);
    const sent = await anna.invited();
    const headers = { authorization: `Bearer ${otherKey}` };
    const unknown = await call(`/messages/${randomUUID()}`, { headers });
    expectProblem(unknown, 404);
    expect(await call(`/messages/${sent.id}`, { headers })).toEqual(unknown);
    expectProblem(await call(`/recipients/${sent.recipient.id}`, { headers }), 404);
  });

  it('that writes to the same person sees the person, and still not the message', async () => {
    const anna = new Traveller(world);
    const sent = await anna.invited();
    const headers = { authorization: `Bearer ${otherKey}` };
    await send({ ...MESSAGE, to: { email: anna.email } }, headers);
    expect((await call(`/recipients/${sent.recipient.id}`, { headers })).status).toBe(200);
    expectProblem(await call(`/messages/${sent.id}`, { headers }), 404);
  });

  it.each(['x', "' or 1=1 --", '%00', '../recipients', randomUUID().toUpperCase(), '-'.repeat(36)])(
    'what is no id is not there: %s',
    async (id) => {
      for (const path of ['messages', 'recipients'])
        expect((await call(`/${path}/${encodeURIComponent(id)}`)).status).toBe(404);
    },
  );
});

describe('how far it is', () => {
  it('goes from held to notified to read', async () => {
    const anna = new Traveller(world);
    const { id } = await anna.invited({ reference: 'zaak 12' });
    const state = async () => (await call(`/messages/${id}`)).body;
    expect(await state()).toMatchObject({ id, reference: 'zaak 12', status: 'held', readAt: null });
    await anna.to('finished');
    await anna.openAccount();
    expect(await state()).toMatchObject({ status: 'notified', releasedAt: expect.any(String), readAt: null });
    await anna.open('/onboarding/finished');
    expect(await state()).toMatchObject({ status: 'read', readAt: expect.any(String) });
  });

  it('of a person is told step by step, and the profile once the account is open', async () => {
    const anna = new Traveller(world);
    await anna.invited();
    const state = async () => (await call(`/recipients/${anna.personId}`)).body;
    expect(await state()).toMatchObject({ onboarding: { status: 'invited', step: 'terms' } });
    await anna.to('sms');
    expect(await state()).toMatchObject({ onboarding: { status: 'in_progress', step: 'sms' } });
    await anna.open('/onboarding/help');
    await anna.submit({ reason: 'no-phone' });
    expect(await state()).toMatchObject({ onboarding: { problem: 'help-asked' } });
    expect(await state()).not.toHaveProperty('profile');
    const bob = await new Traveller(world).finished();
    expect((await call(`/recipients/${bob.personId}`)).body).toMatchObject({
      onboarding: { status: 'completed', step: null },
      profile: { firstName: 'Anna', initials: 'A.', lastName: 'Jansen', gender: 'female' },
    });
  });
});

it('a call that is not there is a problem document, too', async () => {
  expectProblem(await call('/nothing'), 404);
});
