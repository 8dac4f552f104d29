/** HTTP rules of the API, whose clients are programs: every answer under /api and /webhooks is readable by one. */
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TableName } from '../../db/tables.ts';
import { expectProblem, MESSAGE, send } from '../../test/kit/api.ts';
import { atOnce, someAddress } from '../../test/kit/message.ts';
import { call, type Reply } from '../../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';
import { PROBLEMS } from './problem.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false, env: { LIMIT_API_CALLS_PER_MINUTE: '100000' } });
});
afterAll(() => testEnv.close());

type Sent = { method?: string; path: string; headers?: Record<string, string>; body?: string | Buffer };

/** Sends a request unchanged: fetch would normalise path and headers. */
const raw = ({ method = 'GET', path, headers = {}, body }: Sent): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(testEnv.url);
    const asked = request({ hostname, port, method, path, headers }, async (answer) => {
      const got = Object.entries(answer.headers).map(([name, value]): [string, string] => [
        name,
        String(value),
      ]);
      const content = await text(answer);
      const type = answer.headers['content-type'] ?? null;
      resolve({
        status: answer.statusCode!,
        type,
        headers: new Headers(got),
        body: type?.includes('json') ? JSON.parse(content || '{}') : { content },
      });
    });
    asked.on('error', reject).end(body);
  });

const key = () => ({ authorization: `Bearer ${testEnv.apiKey}` });
const message = () => ({ ...MESSAGE, to: { email: someAddress() } });
const count = async (table: TableName) => (await testEnv.db.sql(table)).length;

describe('the body is what it says', () => {
  const post = (body: string | Buffer, headers: Record<string, string> = {}) =>
    raw({
      method: 'POST',
      path: '/api/v1/messages',
      headers: {
        ...key(),
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
        ...headers,
      },
      body,
    });
  /** "Aanstelling voor café" encoded in cp1252. */
  const cp1252 = () =>
    Buffer.from(JSON.stringify({ ...message(), subject: 'Aanstelling voor café' }), 'latin1');

  it.each<[string, (good: Buffer) => Buffer]>([
    ['cp1252', cp1252],
    ['cut within a character', () => Buffer.from('{"a":"é').subarray(0, -1)],
    ['an overlong zero', () => Buffer.from([0x22, 0xc0, 0x80, 0x22])],
    ['half a surrogate pair', () => Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['UTF-16', (good) => Buffer.from(`\uFEFF${good}`, 'utf16le')],
  ])('bytes that are no UTF-8 are refused, and leave nothing: %s', async (_what, write) => {
    const before = [await count('person'), await count('message')];
    const body = write(Buffer.from(JSON.stringify(message())));
    expectProblem(await post(body), 400, 'body-not-utf-8');
    expect([await count('person'), await count('message')]).toEqual(before);
  });

  it.each([
    'application/json; charset=iso-8859-1',
    'application/json;charset="windows-1252"',
    'application/json; charset=utf-16',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'multipart/form-data; boundary=x',
    '',
  ])('%j is not what is read here: 415, and what is', async (type) => {
    const reply = await post(type.includes('8859') ? cp1252() : JSON.stringify(message()), {
      'content-type': type,
    });
    expectProblem(reply, 415, 'body-type-not-supported');
    expect(reply.headers.get('accept')).toBe('application/json');
    expect(reply.body.detail).toContain('Content-Type: application/json');
  });

  it('without a word on its type is 415', async () => {
    const headers = { ...key(), 'idempotency-key': 'x' };
    expectProblem(await raw({ method: 'POST', path: '/api/v1/messages', headers, body: '{}' }), 415);
  });

  it.each<[string, (json: string) => [string | Buffer, Record<string, string>]]>([
    ['charset=UTF-8', (json) => [json, { 'content-type': 'application/json; charset=UTF-8' }]],
    ['a quoted charset', (json) => [json, { 'content-type': 'Application/JSON;charset="utf-8"' }]],
    ['a byte order mark', (json) => [`\uFEFF${json}`, {}]],
    ['gzip', (json) => [gzipSync(json), { 'content-encoding': 'gzip' }]],
  ])('%s is fine', async (_what, write) => {
    const [body, headers] = write(JSON.stringify({ ...message(), subject: 'Café 🚲' }));
    expect((await post(body, headers)).status).toBe(202);
  });

  it.each<[string, string | Buffer, Record<string, string>, number]>([
    ['nothing', '', {}, 400],
    ['a bare mark', '\uFEFF', {}, 400],
    ['two values', '{} {}', {}, 400],
    ['NUL after it', '{}\0', {}, 400],
    ['packed wrongly', '{}', { 'content-encoding': 'gzip' }, 400],
    ['packed in a way not known', '{}', { 'content-encoding': 'zip' }, 415],
    ['100,000 brackets', '['.repeat(100_000), {}, 400],
    ['100,000 lists in each other', '['.repeat(100_000) + ']'.repeat(100_000), {}, 422],
    ['objects in each other', '{"to":'.repeat(20_000) + '1' + '}'.repeat(20_000), {}, 422],
    ['a prototype', '{"__proto__":{"to":1},"constructor":1}', {}, 422],
    ['packed small and large inside', gzipSync('x'.repeat(5_000_000)), { 'content-encoding': 'gzip' }, 413],
  ])('%s is refused in words', async (_what, body, headers, status) => {
    expectProblem(await post(body, headers), status);
  });

  it('of a name that stands twice the last one counts', async () => {
    const twice = JSON.stringify(message()).replace('"subject"', '"subject":"two\\nlines","subject"');
    expect((await post(twice)).status).toBe(202);
  });

  it.each(['\\ud800', 'a\\udfffb', '\\ude00\\ud83d', '\\u0000'])(
    'what is no character is refused where it stands: %s',
    async (sign) => {
      for (const field of ['subject', 'body', 'reference']) {
        const body = JSON.stringify({ ...message(), [field]: 'HERE' }).replace('HERE', `x${sign}`);
        const reply = await post(body);
        expectProblem(reply, 422);
        expect(reply.body.errors!.map(({ at }) => at)).toEqual(expect.arrayContaining([field]));
      }
      expectProblem(await post(`{"${sign}":1}`), 422);
    },
  );
});

describe('a key', () => {
  it.each(['bearer', 'Bearer', 'BEARER', 'Bearer  ', 'bearer    '])('is read after "%s"', async (scheme) => {
    const reply = await raw({
      path: `/api/v1/messages/${crypto.randomUUID()}`,
      headers: { authorization: `${scheme} ${testEnv.apiKey}` },
    });
    expectProblem(reply, 404, 'not-known');
  });

  it.each(['', 'Bearer', 'Bearer a b', 'Basic x', 'BearerX'])(
    'in "%s" is none: 401, and how',
    async (value) => {
      const reply = await raw({ path: '/api/v1/messages/x', headers: { authorization: value } });
      expectProblem(reply, 401, 'key-not-valid');
      expect(reply.headers.get('www-authenticate')).toBe('Bearer');
    },
  );

  it('that does not work is told from none', async () => {
    const reply = await raw({ path: '/api/v1/messages/x', headers: { authorization: 'Bearer x' } });
    expect(reply.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });
});

describe('a method that an address does not have is 405, and Allow says which it has', () => {
  it.each([
    ['/api/v1/openapi.json', ['POST', 'PUT', 'DELETE'], 'GET, HEAD'],
    ['/api/v1/messages', ['GET', 'HEAD', 'PUT', 'DELETE', 'PROPFIND'], 'POST'],
    ['/api/v1/messages/x', ['POST', 'PATCH', 'DELETE'], 'GET, HEAD'],
    ['/api/v1/recipients/search', ['GET', 'HEAD', 'PATCH', 'DELETE'], 'POST'],
    ['/api/v1/recipients/x', ['POST', 'PUT'], 'GET, HEAD, PATCH, DELETE'],
    ['/api/v1/recipients/x/invitation', ['GET', 'DELETE'], 'POST'],
    ['/webhooks/twilio', ['GET', 'PUT'], 'POST'],
    ['/webhooks/mail', ['GET', 'DELETE'], 'POST'],
  ])('%s', async (path, wrong, right) => {
    const sorted = (list: string | null) => (list ?? '').split(', ').sort();
    for (const method of wrong) {
      const reply = await raw({ method, path, headers: key() });
      expect(reply.status, method).toBe(405);
      if (method !== 'HEAD') expectProblem(reply, 405, 'method-not-allowed');
      expect(sorted(reply.headers.get('allow'))).toEqual(sorted(`${right}, OPTIONS`));
    }
  });

  it.each(['/api/v1/messages', '/api/v1/recipients/x', '/webhooks/twilio'])(
    'OPTIONS of another website is told nothing that lets it in: %s',
    async (path) => {
      const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };
      const reply = await raw({
        method: 'OPTIONS',
        path,
        headers: { ...headers, 'sec-fetch-site': 'cross-site' },
      });
      expect([reply.status, reply.body.content]).toEqual([204, '']);
      expect(reply.headers.get('allow')).toContain('OPTIONS');
      expect([...reply.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    },
  );
});

describe('what is no call is a problem document, however it is written', () => {
  it.each([
    '/api',
    '/api/',
    '/API/',
    '/api/v1',
    '/api/v2/messages',
    '/api/v1/nothing',
    '//api/v1/messages',
    '///api',
    '/%61pi/v1/messages',
    '/api%2Fv1/messages',
    '/api/%',
    '/api/v1/messages/x/y',
    '/webhooks',
    '/Webhooks/nothing',
    '//webhooks/twilio',
  ])('%s', async (path) => {
    for (const method of ['GET', 'POST', 'OPTIONS', 'PURGE'])
      expectProblem(
        await raw({ method, path, headers: { accept: 'text/html', origin: 'https://evil.example' } }),
        404,
        'no-such-call',
      );
  });

  it('while a page that only begins with these letters is a page', async () => {
    expect((await raw({ path: '/apiary' })).type).toContain('text/html');
  });
});

describe('every answer', () => {
  it('has a request id of its own, whatever was sent under that name', async () => {
    const headers = { ...key(), 'x-request-id': 'mine' };
    const replies = [
      await raw({ path: '/api/v1/openapi.json', headers }),
      await raw({ path: '/api/v1/messages/x', headers }),
      await raw({ path: '/api/v1/messages/x' }),
      await raw({ method: 'POST', path: '/webhooks/twilio', headers }),
      await send(testEnv, message()),
    ];
    const ids = replies.map((reply) => reply.headers.get('x-request-id'));
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-/);
    expect(new Set(ids).size).toBe(replies.length);
  });

  it('to a key that works says how many calls are left', async () => {
    const left = async () => {
      const { headers } = await call(testEnv, '/messages/x');
      expect(headers.get('ratelimit-policy')).toBe('"calls";q=100000;w=60');
      return Number(/^"calls";r=(\d+)$/.exec(headers.get('ratelimit')!)![1]);
    };
    expect((await left()) - (await left())).toBe(1);
  });
});

describe('what is wrong with a field is said in words of ours', () => {
  const ODD = [
    null,
    true,
    0,
    -1.5,
    1e300,
    '',
    ' ',
    '\u200B',
    'x\ny',
    [],
    {},
    [[]],
    { a: 1 },
    'x'.repeat(1_000),
  ];
  const FIELDS = [
    [],
    ['to'],
    ['to', 'email'],
    ['to', 'locale'],
    ['to', 'mobile'],
    ['to', 'fax'],
    ['from'],
    ['from', 'name'],
    ['from', 'email'],
    ['subject'],
    ['body'],
    ['reference'],
    ['temporaryPassword'],
    ['extra'],
  ];

  /** Puts `value` at `path`. */
  function put(whole: unknown, [name, ...deeper]: string[], value: unknown): unknown {
    if (name === undefined) return value;
    const inside = whole as Record<string, unknown>;
    return { ...inside, [name]: put(inside[name], deeper, value) };
  }

  const OURS = /^(give |missing: give |remove unknown fields: |an address has |the part before @ )/;

  it.each(FIELDS.map((path) => [path.join('.') || 'the body', path] as const))('%s', async (_name, path) => {
    for (const value of [undefined, ...ODD]) {
      const reply = await send(testEnv, put(message(), path, value) ?? '');
      if (reply.status === 202) continue;
      expect([400, 422], JSON.stringify(value)).toContain(reply.status);
      expectProblem(reply, reply.status);
      for (const { message } of reply.body.errors ?? []) expect(message).toMatch(OURS);
    }
  });

  it('and the answer stays of a sane size', async () => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`unknown ${i}`, i]));
    const reply = await send(testEnv, { ...message(), ...many, ['x'.repeat(10_000)]: 1 });
    expectProblem(reply, 422);
    expect(JSON.stringify(reply.body).length).toBeLessThan(3_000);
  });
});

it('beyond the limit a call is refused, with the seconds to wait', async () => {
  const few = await createTestEnvironment({ worker: false, env: { LIMIT_API_CALLS_PER_MINUTE: '3' } });
  const replies = await atOnce(4, () => call(few, '/messages/x'));
  const refused = replies.find(({ status }) => status === 429)!;
  expectProblem(refused, 429, 'too-many-calls');
  const wait = refused.headers.get('retry-after');
  expect(Number(wait)).toBeGreaterThan(0);
  expect(refused.headers.get('ratelimit')).toBe(`"calls";r=0;t=${wait}`);
  await few.close();
});

it('every kind of refusal is in the guide, with its status', async () => {
  const guide = await readFile(new URL('../../docs/integrating.md', import.meta.url), 'utf8');
  for (const [code, { status }] of Object.entries(PROBLEMS))
    expect(guide).toContain(`| ${status} | \`${code}\` |`);
});
