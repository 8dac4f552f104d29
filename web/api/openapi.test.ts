/** The OpenAPI document: valid, and true: real answers match its schemas. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { cleanTyped } from '../../domain/typed.ts';
import { MESSAGE, send } from '../../test/kit/api.ts';
import { someAddress } from '../../test/kit/message.ts';
import { Participant } from '../../test/kit/participant.ts';
import { call } from '../../test/kit/sender.ts';
import { createTestEnvironment, type TestEnvironment } from '../../test/kit/testEnvironment.ts';

const Media = z.record(z.string(), z.object({ schema: z.looseObject({}) }));
const Operation = z.looseObject({
  operationId: z.string().min(1),
  summary: z.string().min(1),
  parameters: z
    .array(
      z.looseObject({ name: z.string(), in: z.enum(['path', 'header', 'query']), schema: z.looseObject({}) }),
    )
    .optional(),
  requestBody: z.looseObject({ content: Media }).optional(),
  responses: z.record(
    z.string().regex(/^[1-5]\d\d$/),
    z.looseObject({ description: z.string(), content: Media.optional() }),
  ),
});
const Document = z.looseObject({
  openapi: z.string().regex(/^3\.1\.\d$/),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  servers: z.array(z.object({ url: z.url() })),
  paths: z.record(
    z.string().startsWith('/api/v1/'),
    z.partialRecord(z.enum(['get', 'post', 'put', 'patch', 'delete']), Operation),
  ),
  components: z.looseObject({
    schemas: z.record(z.string(), z.looseObject({})),
    securitySchemes: z.record(z.string(), z.looseObject({ type: z.string() })),
  }),
});

let testEnv: TestEnvironment;
let document: z.infer<typeof Document>;
let source: string;
beforeAll(async () => {
  testEnv = await createTestEnvironment({ worker: false, env: { LIMIT_API_CALLS_PER_MINUTE: '100000' } });
  source = await (await fetch(`${testEnv.url}/api/v1/openapi.json`)).text();
  document = Document.parse(JSON.parse(source));
});
afterAll(() => testEnv.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, of]) => Object.values(of).map((one) => ({ path, ...one! })));

describe('the document', () => {
  it('can be read without a key, as JSON', async () => {
    const response = await fetch(`${testEnv.url}/api/v1/openapi.json`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('application/json');
  });

  it('names each operation once', () => {
    const ids = operations().map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(['sendMessage', 'getMessage', 'getRecipient']));
  });

  it('refers only to what is in it', () => {
    const references = [...source.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name!,
    );
    expect(references.length).toBeGreaterThan(3);
    for (const name of references) expect(document.components.schemas).toHaveProperty(name);
    expect(source.match(/"\$ref":"(?!#\/components\/schemas\/)/)).toBeNull();
  });

  it('declares every parameter that stands in a path', () => {
    for (const { path, parameters = [] } of operations()) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(inPath);
    }
  });

  it('says of every operation what may always be answered, each time a problem document', () => {
    for (const { operationId, requestBody, responses } of operations()) {
      const always = ['401', '429', '500', '503', ...(requestBody ? ['400', '413', '415', '422'] : [])];
      expect(Object.keys(responses), operationId).toEqual(expect.arrayContaining(always));
      for (const [status, { content }] of Object.entries(responses))
        if (Number(status) >= 400)
          expect(content, `${operationId} ${status}`).toHaveProperty(['application/problem+json']);
    }
  });

  it('has patterns that programs in any language can read', () => {
    const patterns = [...source.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(([, text]) =>
      JSON.parse(text!),
    );
    expect(patterns.length).toBeGreaterThan(5);
    for (const pattern of patterns) {
      expect(pattern).not.toMatch(/\\p|\(\?<|\\k/i);
      for (const flags of ['', 'u']) expect(() => new RegExp(pattern, flags), flags).not.toThrow();
    }
  });

  it('leaves answers open to more fields, and requests closed', () => {
    const { NewMessage, Address, Invite, ...answers } = document.components.schemas;
    for (const closed of [NewMessage, Address, Invite])
      expect(closed).toMatchObject({ additionalProperties: false });
    expect(JSON.stringify(answers)).not.toContain('"additionalProperties":false');
  });
});

describe('real answers fit', () => {
  /** A validator for one answer, from the document. */
  function schemaOf(operationId: string, status: number, type: string): z.ZodType {
    const operation = operations().find((one) => one.operationId === operationId)!;
    const schema = operation.responses[status]!.content![type]!.schema;
    const whole = JSON.stringify({ ...schema, $defs: document.components.schemas });
    return z.fromJSONSchema(JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')));
  }

  async function ask(path: string, init: RequestInit = {}) {
    const headers = {
      authorization: `Bearer ${testEnv.apiKey}`,
      'content-type': 'application/json',
      ...init.headers,
    };
    const response = await fetch(`${testEnv.url}/api/v1${path}`, { ...init, headers });
    const type = response.headers.get('content-type')!.split(';')[0]!;
    return { status: response.status, type, body: (await response.json()) as object };
  }

  async function expectFits(operationId: string, answer: Awaited<ReturnType<typeof ask>>): Promise<void> {
    const schema = schemaOf(operationId, answer.status, answer.type);
    expect(schema.safeParse(answer.body).error?.issues, operationId).toBeUndefined();
    expect(schema.safeParse({ ...answer.body, id: 12, title: 12 }).success, 'the schema checks nothing').toBe(
      false,
    );
  }

  const post = (body: object, headers: Record<string, string> = { 'idempotency-key': randomUUID() }) =>
    ask('/messages', { method: 'POST', headers, body: JSON.stringify(body) });

  const message = (email: string) => ({ to: { email }, from: { name: 'X' }, subject: 'X', body: 'X' });

  it('of sending, refused or not', async () => {
    await expectFits('sendMessage', await post(message('anna@example.com')));
    const passing = { ...message('bob@example.com'), temporaryPassword: 'sender' };
    await expectFits('sendMessage', await post(passing));
    await expectFits('sendMessage', await post(message('nobody')));
    await expectFits('sendMessage', await post(message('anna@example.com'), {}));
  });

  it('of messages and people, at each state', async () => {
    const anna = new Participant(testEnv);
    const { id } = await anna.invited();
    const both = async () => {
      await expectFits('getMessage', await ask(`/messages/${id}`));
      await expectFits('getRecipient', await ask(`/recipients/${anna.personId}`));
    };
    await both();
    await anna.to('profile');
    await both();
    await anna.post('/onboarding/profile', await anna.rightFields('profile'));
    await anna.openAccount();
    await both();
    await anna.open('/onboarding/finished');
    await both();
  });

  it('of every way to be refused', async () => {
    const anna = await new Participant(testEnv).finished();
    const headers = { 'idempotency-key': randomUUID() };
    const right = message(someAddress());
    await post(right, headers);
    const { body } = await ask('/recipients/search', { method: 'POST', body: JSON.stringify(right.to) });
    await expectFits('sendMessage', await post({ ...right, subject: 'Y' }, headers));
    await call(testEnv, `/recipients/${(body as { id: string }).id}`, { method: 'DELETE' });
    await expectFits('sendMessage', await post(right, headers));
    const odd = (init: RequestInit) => ask('/recipients/search', { method: 'POST', ...init });
    for (const init of [
      { body: '{' },
      { body: Buffer.from([0xff]) },
      { body: 'x'.repeat(600_000) },
      { body: '{}', headers: { 'content-type': 'text/plain' } },
      { body: '{}' },
      { body: '{"email":"nobody@example.com"}' },
    ])
      await expectFits('findRecipient', await odd(init));
    const them = `/recipients/${anna.personId}`;
    await expectFits('inviteAgain', await ask(`${them}/invitation`, { method: 'POST' }));
    const corrected = JSON.stringify({ email: someAddress() });
    await expectFits('correctAddress', await ask(them, { method: 'PATCH', body: corrected }));
    await expectFits('endRelation', await ask('/recipients/x', { method: 'DELETE' }));
  });

  it('of what is not there, or not allowed', async () => {
    await expectFits('getMessage', await ask(`/messages/${randomUUID()}`));
    await expectFits('getRecipient', await ask(`/recipients/${randomUUID()}`));
    await expectFits('getRecipient', await ask('/recipients/x', { headers: { authorization: '' } }));
  });
});

describe('what the document allows is what is accepted', () => {
  type TextSchema = {
    minLength?: number;
    maxLength?: number;
    pattern?: string;
    enum?: string[];
    allOf?: TextSchema[];
  };
  type Properties = Record<string, TextSchema & { properties?: Properties }>;

  /** Whether the schema accepts a text; lengths count whole characters. */
  function allows(schema: TextSchema, text: string): boolean {
    const { minLength = 0, maxLength = Infinity, pattern = '', enum: given, allOf = [] } = schema;
    const { length } = [...text];
    if (given && !given.includes(text)) return false;
    if (!allOf.every((part) => allows(part, text))) return false;
    return length >= minLength && length <= maxLength && new RegExp(pattern, 'u').test(text);
  }

  const TEXTS = [
    ...['', ' ', '\n', '\t', 'x', ' x ', 'x\n', '\r\nx', 'a\nb', 'a\tb', 'a\u0000b', 'a\u007f', 'a\u0085b'],
    ...['\u00A0', '\u200B', '\u200B\u200D', '\u0301', '\u3164', '\u2800', '\uFE0F', '\u00AD', '\u200Bx'],
    ...['a\u2028b', 'a\u202Eb', 'a\u2066b', '\u202Ex', 'é', 'e\u0301', '李', 'می\u200Cخواهم', '👩\u200D🔬'],
    ...['-', '<b>', 'nl', 'en', 'fr', 'mail', 'sender', 'MAIL'],
    ...[
      'a@b.co',
      ' a@b.co ',
      'A@B.CO',
      'a@b',
      'a@b.c',
      'a b@c.nl',
      'a,b@c.nl',

      '.a@b.nl',
      'a..b@c.nl',
    ],
    ...[64, 65].map((length) => `${'x'.repeat(length)}@b.co`),
    ...[63, 64].map((length) => `a@${'x'.repeat(length)}.nl`),
    ...[254, 255].map((length) => `a@${'x.'.repeat((length - 4) / 2)}${'xx'.slice(length % 2)}nl`),
  ];
  /** About as long as allowed. */
  const long = ({ maxLength = 0 }: TextSchema) =>
    [maxLength, maxLength + 1].flatMap((length) => [
      'x'.repeat(length),
      '🚲'.repeat(length),
      `x${' '.repeat(Math.max(length - 1, 0))}`,
    ]);
  /** A pattern cannot tell which numbers a country assigned; the description says it in words. */
  const NOT_ALL_SAID = ['to.mobile'];

  const fields = (properties: Properties, before = ''): [string, TextSchema][] =>
    Object.entries(properties).flatMap(([name, schema]) =>
      schema.properties ? fields(schema.properties, `${before}${name}.`) : [[before + name, schema]],
    );
  const put = ([name = '', ...deeper]: string[], whole: Record<string, unknown>, text: string): object => ({
    ...whole,
    [name]: deeper.length === 0 ? text : put(deeper, whole[name] as Record<string, unknown>, text),
  });

  it('of every field of a message, text by text', async () => {
    const { properties } = document.components.schemas.NewMessage as { properties: Properties };
    const said = fields(properties).filter(([field]) => !NOT_ALL_SAID.includes(field));
    expect(said.map(([field]) => field)).toEqual(
      expect.arrayContaining(['to.email', 'from.name', 'from.email', 'subject', 'body', 'reference']),
    );
    const wrong: unknown[] = [];
    for (const [field, schema] of said)
      await Promise.all(
        [...TEXTS, ...long(schema)].map(async (text) => {
          const whole = { ...MESSAGE, to: { email: someAddress() } };
          const { status, body } = await send(testEnv, put(field.split('.'), whole, text));
          const meant = field.endsWith('email') ? cleanTyped(text) : text;
          if (status !== (allows(schema, meant) ? 202 : 422)) wrong.push([field, text.slice(0, 50), body]);
        }),
      );
    expect(wrong).toEqual([]);
  });

  it('of the Idempotency-Key', async () => {
    const { parameters } = document.paths['/api/v1/messages']!.post!;
    const { schema } = parameters!.find(({ name }) => name === 'Idempotency-Key')!;
    for (const key of ['', 'x', 'a b', '"a"', 'x'.repeat(200), 'x'.repeat(201), 'é', 'ÿ', '~', '!']) {
      const reply = await send(
        testEnv,
        { ...MESSAGE, to: { email: someAddress() } },
        { 'idempotency-key': key },
      );
      expect(reply.status, key).toBe(allows(schema, key) ? 202 : 400);
    }
  });
});
