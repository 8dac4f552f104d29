/** The API’s description: OpenAPI 3.1 in shape, and true: real answers fit its schemas. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Traveller } from '../../setup/traveller.ts';
import { createWorld, type World } from '../../setup/world.ts';

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

let world: World;
let document: z.infer<typeof Document>;
let source: string;
beforeAll(async () => {
  world = await createWorld({ worker: false });
  source = await (await fetch(`${world.url}/api/v1/openapi.json`)).text();
  document = Document.parse(JSON.parse(source));
});
afterAll(() => world.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, of]) => Object.values(of).map((one) => ({ path, ...one! })));

describe('the document', () => {
  it('can be read without a key, as JSON', async () => {
    const response = await fetch(`${world.url}/api/v1/openapi.json`);
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

  it('says of every operation what is answered without a key', () => {
    for (const { operationId, responses } of operations())
      expect(responses, operationId).toHaveProperty('401');
  });
});

describe('real answers fit', () => {
  /** What the document says of one answer, as a check. */
  function schemaOf(operationId: string, status: number, type: string): z.ZodType {
    const operation = operations().find((one) => one.operationId === operationId)!;
    const schema = operation.responses[status]!.content![type]!.schema;
    const whole = JSON.stringify({ ...schema, $defs: document.components.schemas });
    return z.fromJSONSchema(JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')));
  }

  async function ask(path: string, init: RequestInit = {}) {
    const headers = {
      authorization: `Bearer ${world.apiKey}`,
      'content-type': 'application/json',
      ...init.headers,
    };
    const response = await fetch(`${world.url}/api/v1${path}`, { ...init, headers });
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
    const anna = new Traveller(world);
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

  it('of what is not there, or not allowed', async () => {
    await expectFits('getMessage', await ask(`/messages/${randomUUID()}`));
    await expectFits('getRecipient', await ask(`/recipients/${randomUUID()}`));
    await expectFits('getRecipient', await ask('/recipients/x', { headers: { authorization: '' } }));
  });
});
