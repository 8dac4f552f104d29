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
  'X-Request-Id': z.string().meta({ description: 'Quote it when you ask for help' }),
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

const DESCRIPTION = `Send a confidential message to somebody who may never have signed in. Instap takes the person from the invitation to reading it.

Every refusal is a problem document (RFC 9457); compare its \`code\`. New fields and new values may be added to answers at any time: ignore those you do not know. A method that a URL does not support is answered with 405 and \`Allow\`.`;

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
            description: '202 means that the message is stored in the database and will not be lost.',
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
            summary: 'Get the status of a message',
            requestParams: { path: byId },
            responses: { 200: json(MessageState, 'Its state'), ...refusals(...ALWAYS, 'not-known') },
          },
        },
        '/api/v1/recipients/search': {
          post: {
            operationId: 'findRecipient',
            summary: 'Find a person by address',
            description: 'A POST, so that addresses never appear in URLs.',
            requestBody: { content: { 'application/json': { schema: AddressOnly } }, required: true },
            responses: { 200: json(Recipient, 'The person'), ...refusals(...ALWAYS, ...BODY, 'not-known') },
          },
        },
        '/api/v1/recipients/{id}/invitation': {
          post: {
            operationId: 'inviteAgain',
            summary: 'Send the invitation again',
            description:
              'At most once in five minutes. Restarts an expired or cancelled onboarding, keeping everything that was done.',
            requestParams: {
              path: byId,
              header: z.object({ 'Idempotency-Key': IdempotencyKey.optional() }),
            },
            requestBody: { content: { 'application/json': { schema: Invite } }, required: false },
            responses: {
              202: json(InvitedAgain, 'The invitation will be sent'),
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
              'Everything done, set up or sent under the old address becomes void, and an invitation is sent to the new one. The id changes if the new address was already known, or if other clients also write to the old one.',
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
            description: 'Ending the last relation erases the person.',
            requestParams: { path: byId },
            responses: {
              204: { description: 'Done', headers: REQUEST_ID },
              ...refusals(...ALWAYS, 'not-known'),
            },
          },
          get: {
            operationId: 'getRecipient',
            summary: 'Get the progress of a person',
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
