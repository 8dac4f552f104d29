/** The OpenAPI 3.1 document, generated from the schemas that validate. */
import { z } from 'zod';
import { createDocument } from 'zod-openapi';
import type { Ctx, Web } from '../context.ts';
import { PROBLEMS, type ProblemCode } from './problem.ts';
import {
  AcceptedMessage,
  AddressOnly,
  IdempotencyKey,
  Invite,
  InvitedAgain,
  MessageState,
  NewMessage,
  Problem,
  Recipient,
} from './schemas.ts';

const REQUEST_ID = z.object({
  'X-Request-Id': z.string().meta({ description: 'Name it when you ask for help' }),
});
const RETRY = REQUEST_ID.extend({ 'Retry-After': z.string().meta({ description: 'Seconds to wait' }) });
const SIGN_IN = REQUEST_ID.extend({ 'WWW-Authenticate': z.string() });

const json = (schema: z.ZodType, description: string) => ({
  description,
  headers: REQUEST_ID,
  content: { 'application/json': { schema } },
});

const HEADERS: Record<number, z.ZodObject> = { 401: SIGN_IN, 429: RETRY, 503: RETRY };

/** The problems that a call can answer with, by status. */
function refusals(...codes: ProblemCode[]) {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))];
  return Object.fromEntries(
    statuses.map((status) => {
      const kinds = codes.filter((code) => PROBLEMS[code].status === status);
      const description = kinds.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('. ');
      const content = { 'application/problem+json': { schema: Problem } };
      return [status, { description, headers: HEADERS[status] ?? REQUEST_ID, content }];
    }),
  );
}

const ALWAYS: ProblemCode[] = ['key-not-valid', 'too-many-calls', 'internal-error', 'busy'];
const BODY: ProblemCode[] = [
  'request-broken',
  'body-not-utf-8',
  'body-not-json',
  'body-too-large',
  'body-type-not-supported',
  'request-not-valid',
];

const byId = z.object({ id: z.uuid() });

const DESCRIPTION = `Send a confidential message to somebody who may never have logged in. Instap takes the person from the invitation to reading it.

Every refusal is a problem document (RFC 9457); compare its \`code\`. Answers may get more fields and more values at any time: pass over what you do not know. A method that an address does not have is answered with 405 and \`Allow\`.`;

/** Answers may get more fields later, so the document must not forbid them. */
function openAnswers({ jsonSchema, io }: { jsonSchema: { additionalProperties?: unknown }; io: string }) {
  if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
}

const openApi = (publicUrl: URL) =>
  createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Instap',
        version: '1',
        description: DESCRIPTION,
      },
      servers: [{ url: publicUrl.origin }],
      security: [{ key: [] }],
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
      paths: {
        '/api/v1/messages': {
          post: {
            operationId: 'sendMessage',
            summary: 'Send a message',
            description: '202 is given once everything is in the database; nothing is lost from then on.',
            requestParams: {
              header: z.object({ 'Idempotency-Key': IdempotencyKey }),
            },
            requestBody: { content: { 'application/json': { schema: NewMessage } }, required: true },
            responses: {
              202: json(AcceptedMessage, 'Accepted'),
              ...refusals(
                ...ALWAYS,
                ...BODY,
                'idempotency-key-missing',
                'idempotency-key-reused',
                'message-deleted',
              ),
            },
          },
        },
        '/api/v1/messages/{id}': {
          get: {
            operationId: 'getMessage',
            summary: 'How far a message is',
            requestParams: { path: byId },
            responses: { 200: json(MessageState, 'Its state'), ...refusals(...ALWAYS, 'not-known') },
          },
        },
        '/api/v1/recipients/search': {
          post: {
            operationId: 'findRecipient',
            summary: 'Find a person by address',
            description: 'A POST, so that no address is in a URL.',
            requestBody: { content: { 'application/json': { schema: AddressOnly } }, required: true },
            responses: { 200: json(Recipient, 'The person'), ...refusals(...ALWAYS, ...BODY, 'not-known') },
          },
        },
        '/api/v1/recipients/{id}/invitation': {
          post: {
            operationId: 'inviteAgain',
            summary: 'Send the invitation again',
            description:
              'At most once in five minutes. Starts an expired or cancelled one again, with everything kept.',
            requestParams: {
              path: byId,
              header: z.object({ 'Idempotency-Key': IdempotencyKey.optional() }),
            },
            requestBody: { content: { 'application/json': { schema: Invite } }, required: false },
            responses: {
              202: json(InvitedAgain, 'It will be sent'),
              ...refusals(
                ...ALWAYS,
                ...BODY,
                'not-known',
                'recipient-completed',
                'idempotency-key-missing',
                'idempotency-key-reused',
              ),
            },
          },
        },
        '/api/v1/recipients/{id}': {
          patch: {
            operationId: 'correctAddress',
            summary: "Correct the address of somebody who has not finished, for the caller's own messages",
            description:
              'Whatever was done, set up or sent under the old address is void; a new invitation goes to the new one. The id is another one when the new address was known, or when others write to the old one, too.',
            requestParams: { path: byId },
            requestBody: { content: { 'application/json': { schema: AddressOnly } }, required: true },
            responses: {
              200: json(Recipient, 'The person at the new address'),
              ...refusals(...ALWAYS, ...BODY, 'not-known', 'recipient-completed'),
            },
          },
          delete: {
            operationId: 'endRelation',
            summary: "End the relation with the person and delete the caller's messages",
            description: 'With the last relation the person is erased.',
            requestParams: { path: byId },
            responses: {
              204: { description: 'Done', headers: REQUEST_ID },
              ...refusals(...ALWAYS, 'not-known'),
            },
          },
          get: {
            operationId: 'getRecipient',
            summary: 'How far a person is',
            requestParams: { path: byId },
            responses: { 200: json(Recipient, 'The person'), ...refusals(...ALWAYS, 'not-known') },
          },
        },
      },
    },
    { override: openAnswers },
  );

/** Created once for each address of a process. */
const documents = new Map<string, ReturnType<typeof openApi>>();

export function showOpenApi(ctx: Ctx, { config }: Web): void {
  const { PUBLIC_URL } = config;
  const document = documents.get(PUBLIC_URL.href) ?? openApi(PUBLIC_URL);
  documents.set(PUBLIC_URL.href, document);
  ctx.body = document;
}
